// Asks before what cannot be taken back.

import { Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useNavigate } from "react-router";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { actionMessages } from "./messages";
import { useRunAction, type Wish } from "./useRunAction";

type Final = "stop" | "terminate" | "delete" | "resume";

interface Props {
  run: RunSummary;
  action: Final;
  unanswered: number;
  onClose: () => void;
}

export function ConfirmDialog({ run, action, unanswered, onClose }: Props) {
  const t = useMessages(actionMessages);
  const navigate = useNavigate();
  const [message, setMessage] = useState("");
  const send = useRunAction(run.metadata.uid);
  const wish: Wish = {
    path: action === "delete" ? "" : `/${action}`,
    method: action === "delete" ? "DELETE" : "POST",
    body: action === "stop" ? { message } : {},
    said: t.asked[action],
    onDone: () => {
      onClose();
      if (action === "delete") void navigate("/runs");
    },
  };
  return (
    <Modal opened onClose={onClose} title={t.confirmTitle(t.names[action], run.metadata.name)}>
      <Stack gap="sm">
        <Text size="sm">{action === "resume" ? t.resumesGates(unanswered) : t.confirm[action]}</Text>
        {action === "stop" ? (
          <Textarea label={t.reason} value={message} maxLength={2_000} autosize onChange={(event) => setMessage(event.currentTarget.value)} />
        ) : null}
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t.cancel}
          </Button>
          <Button color="red.9" loading={send.isPending} onClick={() => send.mutate(wish)}>
            {t.names[action]}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
