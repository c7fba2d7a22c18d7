// What a run waits for, most urgent for a person first. Pure.

import type { GraphNode, Waiting } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";

export interface WaitingNode {
  node: GraphNode;
  waiting: Waiting;
}

const ORDER = ["person", "lock", "time", "backoff", "readiness"];

export function waitingNodes(graph: GraphView): WaitingNode[] {
  const found: WaitingNode[] = [];
  for (const node of graph.nodes.values()) if (node.waiting) found.push({ node, waiting: node.waiting });
  return found.sort((one, other) => rank(one) - rank(other) || one.node.idx - other.node.idx);
}

/** A person can let it go on: also a node that waits for time to pass. */
export function canBeAnswered(node: Pick<GraphNode, "type" | "phase">): boolean {
  return node.type === "Suspend" && node.phase === "Running";
}

function rank({ waiting }: WaitingNode): number {
  const place = ORDER.indexOf(waiting.reason);
  return place === -1 ? ORDER.length : place;
}

interface Call {
  name?: string;
  template?: string;
}

interface SpecTemplate {
  name?: string;
  suspend?: { duration?: unknown };
  steps?: (Call | Call[])[];
  dag?: { tasks?: Call[] };
}

/**
 * The names of the steps and tasks of this manifest that will ask a person and have not begun, in the order of the
 * manifest. Templates of other objects are known only once they run, and so are not in it.
 */
export function gatesToCome(spec: Record<string, unknown> | undefined, graph: GraphView): string[] {
  const templates = (Array.isArray(spec?.["templates"]) ? spec["templates"] : []) as SpecTemplate[];
  const asking = new Set(templates.filter((one) => one.suspend && !one.suspend.duration).map((one) => one.name));
  const begun = new Set([...graph.nodes.values()].map((node) => node.displayName));
  const calls = templates.flatMap((one) => [...(one.steps ?? []).flat(), ...(one.dag?.tasks ?? [])]);
  const names = calls.filter((call) => asking.has(call.template)).map((call) => call.name ?? "");
  return [...new Set(names)].filter((name) => name && !begun.has(name));
}
