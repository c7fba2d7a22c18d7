// /: what waits for me, what runs, what failed lately, how it goes, and a quick way to start something.

import { Anchor, Button, Group, SimpleGrid, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { request } from "@/shared/api/client";
import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { useRunsChanged } from "@/shared/live/useRunsChanged";
import { useMe, useNamespace } from "@/shared/session/session";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Page } from "@/shared/ui/Page";
import { Panel } from "@/shared/ui/Panel";
import { ProblemState } from "@/shared/ui/ProblemState";
import { StateIcon } from "@/shared/ui/StateIcon";
import { TimeAgo } from "@/shared/ui/Times";
import { homeMessages } from "./messages";
import { QuickSubmit } from "./QuickSubmit";
import { RunLines } from "./RunLines";
import { TrendsPanel } from "./TrendsPanel";
import { useWaits } from "./waits";

const SHOWN = 8;
const ACTIVE = 50;

function useRuns(namespace: string, phase: string, limit: number) {
  return useQuery({
    queryKey: ["runs", "home", namespace, phase],
    queryFn: ({ signal }) => request<{ items: RunSummary[]; next: string | null }>("/api/runs", { signal, query: { namespace, phase, limit } }),
    enabled: namespace !== "",
    placeholderData: (before) => before,
  });
}

export default function HomePage() {
  const t = useMessages(homeMessages);
  const [namespace] = useNamespace();
  const me = useMe();
  useRunsChanged(namespace);
  const active = useRuns(namespace, "Pending,Running", ACTIVE);
  const failed = useRuns(namespace, "Failed,Error", SHOWN);
  if (me && me.namespaces.length === 0) return <EmptyState title={t.nowhere}>{t.nowhereHelp}</EmptyState>;
  if (active.error && !active.data) return <ProblemState problem={active.error} onRetry={() => void active.refetch()} />;
  const running = active.data?.items ?? [];
  return (
    <Page title={t.title} actions={<QuickSubmit namespace={namespace} />} width={1400}>
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="md">
        <Stack gap="md" miw={0}>
          <WaitsPanel runs={running} isLoading={active.isLoading} />
          <Panel title={t.running} aside={<More namespace={namespace} phase="Running" />}>
            <Runs runs={running.slice(0, SHOWN)} isLoading={active.isLoading} none={t.runningNone} />
            {running.length > SHOWN ? <Text size="xs" className="dim" mt={6}>{t.moreRuns(running.length - SHOWN, active.data?.next !== null)}</Text> : null}
          </Panel>
          <Panel title={t.failedLately} aside={<More namespace={namespace} phase="Failed,Error" />}>
            <Runs runs={failed.data?.items ?? []} isLoading={failed.isLoading} none={t.failedNone} />
          </Panel>
        </Stack>
        <Stack gap="md" miw={0}>
          <TrendsPanel namespace={namespace} />
        </Stack>
      </SimpleGrid>
    </Page>
  );
}

function More({ namespace, phase }: { namespace: string; phase: string }) {
  const t = useMessages(homeMessages);
  return (
    <Anchor component={Link} size="sm" to={`/runs?${new URLSearchParams({ namespace, phase })}`}>
      {t.all}
    </Anchor>
  );
}

function Runs({ runs, isLoading, none }: { runs: readonly RunSummary[]; isLoading: boolean; none: ReactNode }) {
  if (isLoading) return <Skeleton h={60} />;
  if (runs.length === 0) return <Text size="sm" className="dim">{none}</Text>;
  return <RunLines runs={runs} />;
}

function WaitsPanel({ runs, isLoading }: { runs: readonly RunSummary[]; isLoading: boolean }) {
  const t = useMessages(homeMessages);
  const { found, isAll } = useWaits(runs);
  return (
    <Panel title={t.waits}>
      {isLoading ? <Skeleton h={40} /> : found.length === 0 ? <Text size="sm" className="dim">{t.waitsNone}</Text> : null}
      <Stack component="ul" gap={8} m={0} p={0} style={{ listStyle: "none" }}>
        {found.flatMap(({ run, waits }) =>
          waits.map((wait) => (
            <Group key={wait.id} component="li" gap="sm" wrap="nowrap">
              <StateIcon state="approval" size={16} />
              <div style={{ minWidth: 0, flex: 1 }}>
                <Text size="sm" fw={600} className="truncate">{wait.displayName}</Text>
                <Text size="xs" className="dim truncate">{run.metadata.name} · <TimeAgo time={wait.startedAt} /></Text>
              </div>
              <Button component={Link} variant="light" to={`/runs/${run.metadata.uid}/graph?node=${encodeURIComponent(wait.id)}`} aria-label={`${t.decide}: ${wait.displayName}, ${run.metadata.name}`}>
                {t.decide}
              </Button>
            </Group>
          )),
        )}
      </Stack>
      {isAll ? null : <Text size="xs" className="dim" mt={6}>{t.waitsPart}</Text>}
    </Panel>
  );
}
