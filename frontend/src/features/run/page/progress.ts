// How far a run is: its leaves by state. Groups are left out, for they repeat what is inside them. Pure.

import { stateOfNode, type State } from "@/shared/state/states";
import type { GraphView } from "@/shared/live/graphStore";
import type { Counts } from "../model/counts";
import { isLeaf, treeOf } from "../model/tree";

export interface Progress {
  counts: Counts;
  done: number;
  all: number;
}

/** When the nodes of a run began and ended, to the millisecond; the run itself tells whole seconds only. */
export function spanOf(graph: GraphView): { from: number | null; to: number | null } {
  let from: number | null = null;
  let to: number | null = null;
  for (const { startedAt, finishedAt } of graph.nodes.values()) {
    if (startedAt !== null && (from === null || startedAt < from)) from = startedAt;
    if (finishedAt !== null && (to === null || finishedAt > to)) to = finishedAt;
  }
  return { from, to };
}

const DONE: ReadonlySet<State> = new Set<State>(["succeeded", "failed", "error", "skipped", "omitted"]);

export function progressOf(graph: GraphView): Progress {
  const tree = treeOf(graph);
  const progress = { counts: {} as Counts, done: 0, all: 0 };
  for (const node of graph.nodes.values()) {
    if (!isLeaf(tree, node.idx)) continue;
    const state = stateOfNode(node);
    progress.counts[state] = (progress.counts[state] ?? 0) + 1;
    progress.all += 1;
    if (DONE.has(state)) progress.done += 1;
  }
  return progress;
}
