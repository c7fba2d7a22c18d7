// What waits for a person: suspend nodes without an end of their own, in runs that this person may resume.

import { useQueries } from "@tanstack/react-query";
import { request } from "@/shared/api/client";
import type { GraphChanges, RunSummary, Waiting } from "@/shared/api/types";

export interface Wait {
  id: string;
  displayName: string;
  startedAt: number | null;
}

/** runs that are looked at: the newest, and none so wide that its graph is long to load */
const RUNS = 20;
const NODES = 2_000;

export function waitsOf({ columns }: GraphChanges): Wait[] {
  const waiting = (columns.waiting ?? []) as (Waiting | null)[];
  return waiting.flatMap((why, row) =>
    why?.reason === "person"
      ? [{ id: String(columns.id?.[row]), displayName: String(columns.displayName?.[row]), startedAt: (columns.startedAt?.[row] ?? null) as number | null }]
      : [],
  );
}

/** By run, in the order of `runs`; also whether all runs were looked at. */
export function useWaits(runs: readonly RunSummary[]): { found: { run: RunSummary; waits: Wait[] }[]; isAll: boolean } {
  const mine = runs.filter((run) => run.sluice.allowedActions.resume?.allowed);
  const looked = mine.filter((run) => run.sluice.nodeCount <= NODES).slice(0, RUNS);
  const graphs = useQueries({
    queries: looked.map((run) => ({
      queryKey: ["waits", run.metadata.uid, run.sluice.seq],
      queryFn: ({ signal }: { signal: AbortSignal }) => request<GraphChanges>(`/api/runs/${run.metadata.uid}/graph`, { signal }).then(waitsOf),
      staleTime: Infinity,
      gcTime: 60_000,
    })),
  });
  const found = looked.map((run, position) => ({ run, waits: graphs[position]?.data ?? [] }));
  return { found: found.filter(({ waits }) => waits.length > 0), isAll: looked.length === mine.length };
}
