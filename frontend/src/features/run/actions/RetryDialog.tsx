// Retry of a run, or of one node of it, after a look at what will be done again and why.

import { Button, Group, Loader, Modal, Stack, Table, Text, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { request } from "@/shared/api/client";
import type { NodePhase, RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { stateOfNode } from "@/shared/state/states";
import { ProblemState } from "@/shared/ui/ProblemState";
import { StateBadge } from "@/shared/ui/StateBadge";
import type { Workflow } from "../model/useWorkflow";
import classes from "./actions.module.css";
import { changedValues } from "./actionRules";
import { actionMessages } from "./messages";
import { ParameterFields, valuesOf, type Values } from "./ParameterFields";
import { useRunAction } from "./useRunAction";

interface Again {
  id: string;
  displayName: string;
  phase: NodePhase;
  anew: boolean;
  reason: string;
  blamed: string;
  message: string;
}

interface Preview {
  anew: number;
  again: number;
  kept: number;
  nodes: Again[];
}

/** More rows than a person reads before deciding are only counted. */
const LISTED = 200;

interface Props {
  run: RunSummary;
  workflow: Workflow | undefined;
  /** one node to do again, instead of all that failed */
  node?: { id: string; displayName: string };
  onClose: () => void;
}

export function RetryDialog({ run, workflow, node, onClose }: Props) {
  const t = useMessages(actionMessages);
  const parameters = workflow?.spec.arguments?.parameters ?? [];
  const before = valuesOf(parameters);
  const [edits, setEdits] = useState<Values>({});
  const [settled] = useDebouncedValue(changedValues(before, edits), 300);
  const path = `${node ? `/nodes/${encodeURIComponent(node.id)}` : ""}/retry`;
  const preview = useQuery({
    queryKey: ["run", run.metadata.uid, "retry-preview", path, settled, run.sluice.seq],
    queryFn: ({ signal }) =>
      request<Preview>(`/api/runs/${run.metadata.uid}${path}/preview`, { method: "POST", body: { parameters: settled }, signal }),
    placeholderData: (last) => last,
  });
  const send = useRunAction(run.metadata.uid);
  const wish = { path, body: { parameters: changedValues(before, edits) }, said: t.asked.retry, onDone: onClose };
  return (
    <Modal opened onClose={onClose} title={node ? t.retryNodeTitle(node.displayName) : t.retryTitle(run.metadata.name)} size="xl">
      <Stack gap="sm">
        {preview.data ? <PreviewTable preview={preview.data} names={nameById(preview.data)} /> : null}
        {preview.isLoading ? <Loader size="sm" /> : null}
        {preview.error ? <ProblemState problem={preview.error} onRetry={() => void preview.refetch()} /> : null}
        {parameters.length > 0 ? (
          <details>
            <summary>{t.parameters}</summary>
            <ParameterFields parameters={parameters} values={{ ...before, ...edits }} onChange={setEdits} />
          </details>
        ) : null}
        <Group justify="end" gap="xs">
          <Button variant="default" onClick={onClose}>
            {t.cancel}
          </Button>
          <Button loading={send.isPending} disabled={!preview.isSuccess} onClick={() => send.mutate(wish)} data-autofocus>
            {t.names.retry}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function PreviewTable({ preview, names }: { preview: Preview; names: ReadonlyMap<string, string> }) {
  const t = useMessages(actionMessages);
  const because = useReason();
  if (preview.nodes.length === 0) return <Text size="sm">{t.nothingAgain}</Text>;
  return (
    <>
      <Title order={3} role="status">
        {[t.again(preview.anew), t.goesOn(preview.again), t.kept(preview.kept)].join(" · ")}
      </Title>
      <div className={classes.preview} tabIndex={0} role="region" aria-label={t.again(preview.anew)}>
        <Table>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t.node}</Table.Th>
              <Table.Th>{t.now}</Table.Th>
              <Table.Th>{t.why}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {preview.nodes.slice(0, LISTED).map((one) => (
              <Table.Tr key={one.id}>
                <Table.Td fw={one.anew ? 600 : 400}>{one.displayName}</Table.Td>
                <Table.Td>
                  <StateBadge state={stateOfNode({ phase: one.phase, waiting: null })} />
                </Table.Td>
                <Table.Td>{because(one, names)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {preview.anew + preview.again > LISTED ? <Text size="xs" className="dim">{t.listed(LISTED)}</Text> : null}
    </>
  ); // prettier-ignore
}

/** Reasons this page does not know are told in the server's words. */
function useReason(): (one: Again, names: ReadonlyMap<string, string>) => string {
  const { because } = useMessages(actionMessages);
  const known: Record<string, string | ((name: string) => string)> = because;
  return (one, names) => {
    const words = known[one.reason];
    if (typeof words === "string") return words;
    const blamed = names.get(one.blamed);
    return words && blamed !== undefined ? words(blamed) : one.message;
  };
}

// The node to blame is itself done again, so its name stands among the others.
function nameById(preview: Preview): ReadonlyMap<string, string> {
  return new Map(preview.nodes.map((one) => [one.id, one.displayName]));
}
