// The same run once more, with other parameters if wished.

import { Button, Checkbox, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import type { Workflow } from "../model/useWorkflow";
import { changedValues } from "./actionRules";
import { actionMessages } from "./messages";
import { ParameterFields, valuesOf, type Values } from "./ParameterFields";
import { useRunAction } from "./useRunAction";

export function ResubmitDialog({ run, workflow, onClose }: { run: RunSummary; workflow: Workflow | undefined; onClose: () => void }) {
  const t = useMessages(actionMessages);
  const navigate = useNavigate();
  const parameters = workflow?.spec.arguments?.parameters ?? [];
  const [edits, setEdits] = useState<Values>({});
  const [sameTemplates, setSameTemplates] = useState(false);
  const [memoized, setMemoized] = useState(false);
  const send = useRunAction(run.metadata.uid);
  const hasFailed = run.status.phase === "Failed" || run.status.phase === "Error";
  const before = valuesOf(parameters);
  const start = () =>
    send.mutate({
      path: "/resubmit",
      body: { parameters: changedValues(before, edits), sameTemplates, memoized },
      said: t.asked.resubmit,
      onDone: (made) => {
        onClose();
        if (made) void navigate(`/runs/${made.metadata.uid}`);
      },
    });
  return (
    <Modal opened onClose={onClose} title={t.resubmitTitle(run.metadata.name)} size="lg">
      <Stack gap="sm">
        <ParameterFields parameters={parameters} values={{ ...before, ...edits }} onChange={setEdits} />
        <Checkbox
          size="xs"
          label={t.sameTemplates}
          description={t.sameTemplatesHelp}
          checked={sameTemplates || memoized}
          disabled={memoized}
          onChange={(event) => setSameTemplates(event.currentTarget.checked)}
        />
        {hasFailed ? (
          <Checkbox
            size="xs"
            label={t.memoized}
            description={t.memoizedHelp}
            checked={memoized}
            onChange={(event) => setMemoized(event.currentTarget.checked)}
          />
        ) : null}
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button loading={send.isPending} disabled={!workflow} onClick={start}>
            {t.start}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
