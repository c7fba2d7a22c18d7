// /runs: the runs of a namespace, newest first, live; the URL holds the filters.

import { Anchor, Button, Group, MultiSelect, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useSearchParams } from "react-router";
import { request } from "@/shared/api/client";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { useRunsChanged } from "@/shared/live/useRunsChanged";
import { useNamespace } from "@/shared/session/session";
import { stateOfRun } from "@/shared/state/states";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Page } from "@/shared/ui/Page";
import { ProblemState } from "@/shared/ui/ProblemState";
import { StateBadge } from "@/shared/ui/StateBadge";
import { Duration, TimeAgo } from "@/shared/ui/Times";
import { isFiltered, PHASES, readFilters, withFilters, type RunFilters } from "./filters";
import { runsMessages } from "./messages";

const PAGE_SIZE = 100;
const TYPING_MS = 250;

interface RunPageAnswer {
  items: RunSummary[];
  next: string | null;
}

function useRuns(namespace: string, filters: RunFilters) {
  return useInfiniteQuery({
    queryKey: ["runs", "list", namespace, filters],
    queryFn: ({ pageParam, signal }) =>
      request<RunPageAnswer>("/api/runs", {
        signal,
        query: {
          namespace,
          phase: filters.phases.join(","),
          name: filters.name,
          template: filters.template,
          cursor: pageParam,
          limit: PAGE_SIZE,
        },
      }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: namespace !== "",
    placeholderData: (before) => before,
  });
}

export default function RunsPage() {
  const t = useMessages(runsMessages);
  const [namespace] = useNamespace();
  const [parameters, setParameters] = useSearchParams();
  const filters = readFilters(parameters);
  const runs = useRuns(namespace, filters);
  useRunsChanged(namespace);
  const change = (changed: Partial<RunFilters>) => setParameters((old) => withFilters(old, changed), { replace: true });
  const found = runs.data?.pages.flatMap((page) => page.items) ?? [];

  if (runs.error && !runs.data) return <ProblemState problem={runs.error} onRetry={() => void runs.refetch()} />;
  return (
    <Page
      title={t.title}
      width={1600}
      actions={
        <Button component={Link} to="/submit">
          {t.newRun}
        </Button>
      }
    >
      <Filters filters={filters} onChange={change} />
      {runs.data && found.length === 0 ? (
        <EmptyState
          title={t.none}
          action={
            isFiltered(filters) ? (
              <Button variant="default" onClick={() => change({ phases: [], name: "", template: "" })}>
                {t.clear}
              </Button>
            ) : null
          }
        >
          {t.noneHelp}
        </EmptyState>
      ) : (
        <RunTable runs={found} />
      )}
      <Group justify="space-between">
        <Text size="xs" className="dim" aria-live="off">
          {t.shown(found.length)}
        </Text>
        {runs.hasNextPage ? (
          <Button variant="default" loading={runs.isFetchingNextPage} onClick={() => void runs.fetchNextPage()}>
            {t.more}
          </Button>
        ) : null}
      </Group>
    </Page>
  );
}

function Filters({ filters, onChange }: { filters: RunFilters; onChange: (changed: Partial<RunFilters>) => void }) {
  const t = useMessages(runsMessages);
  const changeName = useDebouncedCallback((name: string) => onChange({ name }), TYPING_MS);
  const changeTemplate = useDebouncedCallback((template: string) => onChange({ template }), TYPING_MS);
  return (
    <Group gap="sm" role="search" align="end">
      <TextInput label={t.nameFilter} defaultValue={filters.name} onChange={(event) => changeName(event.currentTarget.value)} />
      <TextInput label={t.templateFilter} defaultValue={filters.template} onChange={(event) => changeTemplate(event.currentTarget.value)} />
      <MultiSelect label={t.phaseFilter} data={[...PHASES]} value={filters.phases} onChange={(phases) => onChange({ phases })} clearable miw={200} />
    </Group>
  );
}

function RunTable({ runs }: { runs: readonly RunSummary[] }) {
  const t = useMessages(runsMessages);
  return (
    <Table.ScrollContainer minWidth={720}>
      <Table highlightOnHover stickyHeader bg="var(--surface)" withTableBorder>
        <Table.Thead>
          <Table.Tr>
            {[t.state, t.name, t.started, t.duration, t.nodes, t.who, t.message].map((title) => (
              <Table.Th key={title} scope="col">
                {title}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {runs.map((run) => (
            <RunRow key={run.metadata.uid} run={run} />
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function RunRow({ run }: { run: RunSummary }) {
  return (
    <Table.Tr>
      <Table.Td>
        <StateBadge state={stateOfRun(run)} />
      </Table.Td>
      <Table.Td>
        <Anchor component={Link} to={`/runs/${run.metadata.uid}`} size="sm">
          {run.metadata.name}
        </Anchor>
      </Table.Td>
      <Table.Td>
        <TimeAgo time={run.status.startedAt ?? run.metadata.creationTimestamp} />
      </Table.Td>
      <Table.Td>
        <Duration from={run.status.startedAt} to={run.status.finishedAt} />
      </Table.Td>
      <Table.Td>{run.sluice.nodeCount}</Table.Td>
      <Table.Td>{run.sluice.creator}</Table.Td>
      <Table.Td maw={360} className="truncate">
        {run.status.message}
      </Table.Td>
    </Table.Tr>
  );
}
