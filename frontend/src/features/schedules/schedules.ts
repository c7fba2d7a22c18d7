// Schedules in the API: their status, their slots, and what of their manifests the page shows.

import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { request, type ApiProblem } from "@/shared/api/client";
import { objectPath, useStoredObject } from "@/shared/api/library";

export const OUTCOMES = ["Ran", "Skipped", "Missed", "Failed", "Waiting"] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface CronStatus {
  active: string[];
  lastScheduledTime: string | null;
  phase: "Active" | "Stopped";
  succeeded: number;
  failed: number;
  suspended: boolean;
  nextSlots: string[];
}

export interface Slot {
  id: number;
  slot: string | null;
  decidedAt: string;
  outcome: Outcome;
  reason: string;
  message: string;
  actor: string;
  runUid: string;
  runName: string;
  runPhase: string;
}

export interface CronSpec {
  schedule?: string;
  schedules?: string[];
  timezone?: string;
  concurrencyPolicy?: string;
}

export type CronState = "active" | "suspended" | "stopped";

export function stateOf(status: Pick<CronStatus, "phase" | "suspended">): CronState {
  if (status.phase === "Stopped") return "stopped";
  return status.suspended ? "suspended" : "active";
}

/** The cron lines of a schedule, of both ways to write them. */
export function linesOf(spec: CronSpec): string[] {
  return [...(spec.schedules ?? []), ...(spec.schedule ? [spec.schedule] : [])];
}

const REFRESH_MS = 10_000;

export function useCronStatus(namespace: string, name: string) {
  return useQuery({
    queryKey: ["cron", namespace, name, "status"],
    queryFn: ({ signal }) => request<CronStatus>(`${objectPath("CronWorkflow", namespace, name)}/status`, { signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function useCronSpec(namespace: string, name: string): CronSpec {
  const found = useStoredObject("CronWorkflow", namespace, name).data;
  return (found?.manifest.spec ?? {}) as CronSpec;
}

export function useSlots(namespace: string, name: string, outcome: Outcome | undefined) {
  return useInfiniteQuery({
    queryKey: ["cron", namespace, name, "slots", outcome ?? ""],
    queryFn: ({ signal, pageParam }) =>
      request<{ items: Slot[]; next: number | null }>(`${objectPath("CronWorkflow", namespace, name)}/slots`, {
        signal,
        query: { limit: 30, before: pageParam, outcome },
      }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: REFRESH_MS,
  });
}

export type CronAction = "suspend" | "resume" | "trigger";

export function useCronAction(namespace: string, name: string) {
  const queries = useQueryClient();
  return useMutation<{ name?: string; uid?: string }, ApiProblem, CronAction>({
    mutationFn: (action) => request(`${objectPath("CronWorkflow", namespace, name)}/${action}`, { method: "POST" }),
    onSettled: () => queries.invalidateQueries({ queryKey: ["cron", namespace, name] }),
  });
}
