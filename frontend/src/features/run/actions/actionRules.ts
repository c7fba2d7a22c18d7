// Which action a run's state calls for, and which right each action needs. Pure; the server decides what is allowed.

import type { ActionName, RunSummary } from "@/shared/api/types";
import { stateOfRun } from "@/shared/state/states";

/** The rights of a namespace, as the API names them. */
export const RIGHT_OF: Record<ActionName, "operate" | "run-template" | "delete"> = {
  stop: "operate",
  terminate: "operate",
  suspend: "operate",
  resume: "operate",
  set: "operate",
  retry: "operate",
  resubmit: "run-template",
  delete: "delete",
};

/** The least role of a namespace that has each right. */
export const ROLE_WITH = { operate: "operator", "run-template": "operator", delete: "admin" } as const;

export type PageAction = Exclude<ActionName, "set">;

/** What the header offers first: the way on from this state. */
export function primaryAction(run: RunSummary): PageAction {
  switch (stateOfRun(run)) {
    case "failed":
    case "error":
      return "retry";
    case "succeeded":
      return "resubmit";
    case "suspended":
      return "resume";
    case "stopping":
      return "terminate";
    default:
      return "stop";
  }
}

/** What stands in the menu, in this order; actions that no state like this one allows are left out. */
export function menuActions(run: RunSummary): PageAction[] {
  const finished = ["Succeeded", "Failed", "Error"].includes(run.status.phase);
  const all: PageAction[] = finished
    ? ["retry", "resubmit", "delete"]
    : [run.sluice.suspended ? "resume" : "suspend", "stop", "terminate", "resubmit", "delete"];
  return all.filter((action) => action !== primaryAction(run));
}

/** The parameters whose values differ from those the run had. */
export function changedValues(before: Record<string, string>, now: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(now).filter(([name, value]) => value !== before[name]));
}
