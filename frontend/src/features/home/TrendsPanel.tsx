// How runs fared lately: in words, and as plots.

import { Group, SegmentedControl, Skeleton, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo } from "react";
import { useSearchParams } from "react-router";
import { request } from "@/shared/api/client";
import type { RunSummary } from "@/shared/api/types";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import { formatDuration } from "@/shared/time/format";
import { Panel } from "@/shared/ui/Panel";
import { StateIcon } from "@/shared/ui/StateIcon";
import { homeMessages } from "./messages";
import { RANGES, trendsOf, type Range } from "./trends";

const TrendChart = lazy(() => import("./TrendChart"));
const MOST = 500;
/** times of runs are whole seconds: nothing is known of what is shorter */
const LEAST_MS = 1_000;

interface Page {
  items: RunSummary[];
  next: string | null;
}

export function TrendsPanel({ namespace }: { namespace: string }) {
  const t = useMessages(homeMessages);
  const language = useLanguage();
  const [query, setQuery] = useSearchParams();
  const range = (Object.keys(RANGES) as Range[]).find((one) => one === query.get("range")) ?? "day";
  const found = useQuery({
    queryKey: ["runs", "trends", namespace, range],
    queryFn: async ({ signal }) => {
      const now = Date.now();
      const createdAfter = new Date(now - RANGES[range].span).toISOString();
      const page = await request<Page>("/api/runs", { signal, query: { namespace, createdAfter, phase: "Succeeded,Failed,Error", limit: MOST } });
      return { page, now };
    },
    enabled: namespace !== "",
  });
  const trends = useMemo(() => (found.data ? trendsOf(found.data.page.items, range, found.data.now) : undefined), [found.data, range]);
  const total = trends?.total;
  const ended = (total?.succeeded ?? 0) + (total?.failed ?? 0);
  const summary = total && ended > 0 ? t.trendSummary(ended, total.succeeded / ended, formatDuration(Math.max(LEAST_MS, (total.duration ?? 0) * 1_000))) : t.trendNone;
  const setRange = (value: string) =>
    setQuery((before) => new URLSearchParams([...[...before].filter(([key]) => key !== "range"), ["range", value]]), { replace: true });
  return (
    <Panel
      title={t.trends}
      aside={
        <SegmentedControl size="xs" aria-label={t.range} data={(Object.keys(RANGES) as Range[]).map((value) => ({ value, label: t.ranges[value] }))} value={range} onChange={setRange} />
      }
    >
      {found.error ? <Text size="sm">{found.error.message}</Text> : null}
      {trends ? (
        <>
          <Text size="sm">{summary}</Text>
          {found.data?.page.next ? <Text size="xs" className="dim">{t.trendPart(MOST)}</Text> : null}
          {ended > 0 ? (
            <>
              <Group gap="sm" my={4}>
                {(["succeeded", "failed"] as const).map((state) => (
                  <Group key={state} gap={4}>
                    <StateIcon state={state} size={12} />
                    <Text span size="xs" className="dim">{t[state]}</Text>
                  </Group>
                ))}
                <Text span size="xs" className="dim">— {t.duration}</Text>
              </Group>
              <Suspense fallback={<Skeleton h={300} />}>
                <TrendChart trends={trends} label={summary} words={t} locale={language} />
              </Suspense>
            </>
          ) : null}
        </>
      ) : found.error ? null : (
        <Skeleton h={300} />
      )}
    </Panel>
  );
}
