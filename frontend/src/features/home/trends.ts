// How runs fared over time: counts of how they ended and how long they took, by hours or days.

import type { RunSummary } from "@/shared/api/types";
import { millis } from "@/shared/time/format";

export const RANGES = {
  day: { span: 24 * 3_600_000, step: 3_600_000 },
  week: { span: 7 * 24 * 3_600_000, step: 6 * 3_600_000 },
  month: { span: 30 * 24 * 3_600_000, step: 24 * 3_600_000 },
} as const;
export type Range = keyof typeof RANGES;

export interface Trends {
  /** begin of each step, in seconds since the epoch */
  times: number[];
  succeeded: number[];
  /** failed or in error */
  failed: number[];
  /** median duration of the runs that ended in each step, in seconds; null where none did */
  durations: (number | null)[];
  total: { succeeded: number; failed: number; duration: number | null };
}

type Ended = Pick<RunSummary, "status">;

/** Steps end with the one that `now` (milliseconds) is in. Runs that ended outside of them do not count. */
export function trendsOf(runs: readonly Ended[], range: Range, now: number): Trends {
  const { span, step } = RANGES[range];
  const last = Math.floor(now / step);
  const count = span / step;
  const times = Array.from({ length: count }, (_, position) => ((last - count + 1 + position) * step) / 1_000);
  const ended = times.map(() => ({ succeeded: 0, failed: 0, durations: [] as number[] }));
  for (const run of runs) {
    const finished = millis(run.status.finishedAt);
    if (finished === undefined) continue;
    const bucket = ended[Math.floor(finished / step) - (last - count + 1)];
    if (!bucket) continue;
    bucket[run.status.phase === "Succeeded" ? "succeeded" : "failed"] += 1;
    bucket.durations.push((finished - (millis(run.status.startedAt) ?? finished)) / 1_000);
  }
  return {
    times,
    succeeded: ended.map((bucket) => bucket.succeeded),
    failed: ended.map((bucket) => bucket.failed),
    durations: ended.map((bucket) => median(bucket.durations)),
    total: {
      succeeded: sum(ended.map((bucket) => bucket.succeeded)),
      failed: sum(ended.map((bucket) => bucket.failed)),
      duration: median(ended.flatMap((bucket) => bucket.durations)),
    },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
