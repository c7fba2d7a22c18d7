// A stored object at a glance: what it asks for, and how it fared lately.

import { Anchor, Group, SimpleGrid, Skeleton, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "react-router";
import { request } from "@/shared/api/client";
import { specOf, type StoredDetail } from "@/shared/api/library";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { stateOfRun } from "@/shared/state/states";
import { Panel } from "@/shared/ui/Panel";
import { ProblemState } from "@/shared/ui/ProblemState";
import { StateBadge } from "@/shared/ui/StateBadge";
import { Duration, TimeAgo } from "@/shared/ui/Times";
import { templateMessages } from "./messages";

const RECENT = 10;
const REFRESH_MS = 5_000;

export function Overview({ stored, namespace }: { stored: StoredDetail; namespace: string }) {
  const t = useMessages(templateMessages);
  const spec = specOf(stored.manifest);
  const parameters = spec.arguments?.parameters ?? [];
  return (
    <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
      <Panel title={t.parameters}>
        <Text size="sm" mb="xs" className="dim">
          {spec.entrypoint ? `${t.entrypoint}: ${spec.entrypoint} · ` : ""}
          {t.steps(spec.templates?.length ?? 0)}
        </Text>
        {parameters.length === 0 ? <Text size="sm">{t.noParameters}</Text> : null}
        <Stack gap="xs">
          {parameters.map((parameter) => (
            <div key={parameter.name}>
              <Group gap="xs" wrap="nowrap">
                <Text span size="sm" fw={600}>{parameter.name}</Text>
                <Text span size="sm" className="mono truncate dim">{valueOf(parameter) ?? t.required}</Text>
              </Group>
              {parameter.description ? <Text size="sm" className="dim">{parameter.description}</Text> : null}
            </div>
          ))}
        </Stack>
      </Panel>
      <RecentRuns stored={stored} namespace={namespace} />
    </SimpleGrid>
  );
}

function valueOf(parameter: { value?: unknown; default?: unknown }): string | undefined {
  const value = parameter.value ?? parameter.default;
  return value === undefined ? undefined : typeof value === "string" ? value : JSON.stringify(value);
}

function RecentRuns({ stored, namespace }: { stored: StoredDetail; namespace: string }) {
  const t = useMessages(templateMessages);
  const found = useQuery({
    queryKey: ["runs", "of-template", namespace, stored.kind, stored.name],
    queryFn: ({ signal }) =>
      request<{ items: RunSummary[] }>("/api/runs", { signal, query: { namespace, template: stored.name, limit: RECENT } }),
    refetchInterval: REFRESH_MS,
  });
  const all = `/runs?${new URLSearchParams({ namespace, template: stored.name })}`;
  return (
    <Panel title={t.recent} aside={<Anchor component={Link} size="sm" to={all}>{t.allRuns}</Anchor>}>
      {found.error ? <ProblemState problem={found.error} /> : null}
      {found.isLoading ? <Skeleton h={120} /> : null}
      {found.data?.items.length === 0 ? <Text size="sm" className="dim">{t.noRuns}</Text> : null}
      <Table>
        <Table.Tbody>
          {found.data?.items.map((run) => (
            <Table.Tr key={run.metadata.uid}>
              <Table.Td><StateBadge state={stateOfRun(run)} /></Table.Td>
              <Table.Td style={{ overflowWrap: "anywhere" }}>
                <Anchor component={Link} size="sm" to={`/runs/${run.metadata.uid}`}>{run.metadata.name}</Anchor>
              </Table.Td>
              <Table.Td visibleFrom="xs" className="dim"><TimeAgo time={run.metadata.creationTimestamp} /></Table.Td>
              <Table.Td visibleFrom="xs"><Duration from={run.status.startedAt} to={run.status.finishedAt} /></Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Panel>
  );
}
