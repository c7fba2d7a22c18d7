// What a run or node is doing, in one word: its phase, made finer by why it waits. Shape, word and colour follow from it.

import type { GraphNode, NodePhase, RunSummary } from "@/shared/api/types";

export const STATES = [
  "pending", "running", "approval", "lock", "waiting", "suspended", "stopping",
  "succeeded", "failed", "error", "skipped", "omitted",
] as const; // prettier-ignore
export type State = (typeof STATES)[number];

const OF_PHASE: Record<NodePhase, State> = {
  Pending: "pending",
  Running: "running",
  Succeeded: "succeeded",
  Failed: "failed",
  Error: "error",
  Skipped: "skipped",
  Omitted: "omitted",
};

export function stateOfNode(node: Pick<GraphNode, "phase" | "waiting">): State {
  switch (node.waiting?.reason) {
    case undefined:
      return OF_PHASE[node.phase];
    case "person":
      return "approval";
    case "lock":
      return "lock";
    default:
      return "waiting";
  }
}

export function stateOfRun(run: RunSummary): State {
  const { phase } = run.status;
  if (phase === "Succeeded" || phase === "Failed" || phase === "Error") return OF_PHASE[phase];
  if (run.sluice.shutdown) return "stopping";
  if (run.sluice.suspended) return "suspended";
  return phase === "Running" ? "running" : "pending";
}

export function isFinished(run: RunSummary): boolean {
  return run.status.phase === "Succeeded" || run.status.phase === "Failed" || run.status.phase === "Error";
}
