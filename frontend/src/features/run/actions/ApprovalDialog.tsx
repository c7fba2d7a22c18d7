// The answer to a suspend node, as a dialog.

import { Modal } from "@mantine/core";
import type { GraphNode, RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { ApprovalForm } from "./ApprovalForm";
import { actionMessages } from "./messages";

export function ApprovalDialog({ run, node, onClose }: { run: RunSummary; node: GraphNode; onClose: () => void }) {
  const t = useMessages(actionMessages);
  return (
    <Modal opened onClose={onClose} title={t.approvalTitle(node.displayName)}>
      <ApprovalForm run={run} nodeId={node.id} onDone={onClose} />
    </Modal>
  );
}
