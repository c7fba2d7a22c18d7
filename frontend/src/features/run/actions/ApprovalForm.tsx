// The answer to a suspend node: its supplied outputs as fields, a remark, and the decision.

import { Button, Group, Loader, Select, Stack, Text, Textarea } from "@mantine/core";
import { useState, type FormEvent } from "react";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { ProblemState } from "@/shared/ui/ProblemState";
import { useNodeDetail, type NodeDetail } from "../inspector/useNodeDetail";
import { ActionButton } from "./ActionButton";
import { approvalFields, type ApprovalField } from "./approvalFields";
import { actionMessages } from "./messages";
import { useRunAction } from "./useRunAction";
import { useRefusal } from "./verdict";

export function ApprovalForm({ run, nodeId, onDone }: { run: RunSummary; nodeId: string; onDone?: () => void }) {
  const detail = useNodeDetail(run.metadata.uid, nodeId);
  if (detail.error) return <ProblemState problem={detail.error} onRetry={() => void detail.refetch()} />;
  if (!detail.data) return <Loader size="sm" />;
  return <AnswerForm key={nodeId} run={run} node={detail.data} onDone={onDone} />;
}

function AnswerForm({ run, node, onDone }: { run: RunSummary; node: NodeDetail; onDone: (() => void) | undefined }) {
  const t = useMessages(actionMessages);
  // Taken once: a change of the node must never empty a half-filled form.
  const [fields] = useState(() => approvalFields(node));
  const [edits, setEdits] = useState<Record<string, string>>({});
  const [message, setMessage] = useState("");
  const [wasTried, setTried] = useState(false);
  const send = useRunAction(run.metadata.uid);
  const refused = useRefusal(run)("resume");
  const valueOf = (field: ApprovalField) => edits[field.name] ?? field.initial;
  const lacking = fields.filter((field) => field.required && valueOf(field) === "");
  const selector = `id=${node.id}`;
  const done = () => onDone?.();

  const approve = () => {
    setTried(true);
    if (lacking.length > 0) return;
    const values = Object.fromEntries(fields.map((field) => [field.name, valueOf(field)]));
    send.mutate({ path: "/resume", body: { selector, values, message }, said: t.approved(node.displayName), onDone: done });
  };
  const reject = () =>
    send.mutate({ path: "/stop", body: { selector, message }, said: t.rejected(node.displayName), onDone: done });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (refused === undefined) approve();
  };
  return (
    <form onSubmit={submit} aria-label={t.approvalTitle(node.displayName)}>
      <Stack gap="xs">
        {fields.length === 0 ? <Text size="sm" className="dim">{t.noFields}</Text> : null}
        {fields.map((field) => (
          <Field
            key={field.name}
            field={field}
            value={valueOf(field)}
            error={wasTried && lacking.includes(field) ? t.needed : undefined}
            onChange={(value) => setEdits((old) => ({ ...old, [field.name]: value }))}
          />
        ))}
        <Textarea label={t.remark} value={message} maxLength={2_000} autosize minRows={1} maxRows={6} onChange={(event) => setMessage(event.currentTarget.value)} />
        <Group gap="xs">
          <ActionButton refused={refused} loading={send.isPending} onClick={approve}>
            {node.sluice.waiting?.reason === "time" ? t.goOn : t.approve}
          </ActionButton>
          {refused === undefined ? (
            <Button variant="default" c="var(--state-failed)" disabled={send.isPending} onClick={reject}>
              {t.reject}
            </Button>
          ) : null}
        </Group>
        <Text size="xs" className="dim">
          {refused ?? t.rejectHint}
        </Text>
      </Stack>
    </form>
  ); // prettier-ignore
}

interface FieldProps {
  field: ApprovalField;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
}

function Field({ field, value, error, onChange }: FieldProps) {
  const shared = { label: field.name, description: field.help, value, error, withAsterisk: field.required };
  return field.choices ? (
    <Select {...shared} data={[...new Set(field.choices)]} allowDeselect={false} onChange={(next) => next !== null && onChange(next)} />
  ) : (
    <Textarea {...shared} autosize minRows={1} maxRows={8} onChange={(event) => onChange(event.currentTarget.value)} />
  );
}
