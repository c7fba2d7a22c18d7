// What the timeline draws for each node that does something itself: when it could have begun, when it began, what it
// did or waits for, when it ended. Pure.
//
// The graph knows two times of a node, and why it waits now. So the time before a node's start is measured from the
// end of what it came after; why it waited in the past is known only of suspend nodes.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { stateOfNode, type State } from "@/shared/state/states";
import { isLeaf, treeOf } from "../model/tree";
import { predecessorOf } from "./critical";

/** before: between the end of what came before and the start. hold: for a person, a time, a lock. run: at work. */
export type SegmentKind = "before" | "hold" | "run";

export interface Segment {
  kind: SegmentKind;
  from: number;
  /** undefined: goes on */
  to: number | undefined;
}

export interface Bar {
  node: GraphNode;
  state: State;
  segments: readonly Segment[];
}

/** Shorter waits before a start are the engine's work, not worth a mark. */
const LEAST_BEFORE_MS = 100;

/** In order of start; nodes that took no time because they were never begun are left out. */
export function barsOf(graph: GraphView): Bar[] {
  const tree = treeOf(graph);
  const bars: Bar[] = [];
  for (const node of graph.nodes.values()) {
    if (!isLeaf(tree, node.idx) || node.startedAt === null || isNeverBegun(node)) continue;
    bars.push({ node, state: stateOfNode(node), segments: segmentsOf(node, graph) });
  }
  return bars.sort((one, other) => one.node.startedAt! - other.node.startedAt! || one.node.idx - other.node.idx);
}

function segmentsOf(node: GraphNode, graph: GraphView): Segment[] {
  const start = node.startedAt!;
  const end = node.finishedAt ?? undefined;
  const segments: Segment[] = [{ kind: isHeld(node) ? "hold" : "run", from: start, to: end }];
  const before = predecessorOf(graph, node)?.finishedAt ?? undefined;
  if (before !== undefined && start - before >= LEAST_BEFORE_MS) segments.unshift({ kind: "before", from: before, to: start });
  return segments;
}

function isHeld(node: GraphNode): boolean {
  return node.type === "Suspend" || node.waiting !== null || node.phase === "Pending";
}

function isNeverBegun(node: GraphNode): boolean {
  return node.phase === "Skipped" || node.phase === "Omitted";
}

export function endOf(segment: Segment, now: number): number {
  return Math.max(segment.from, segment.to ?? now);
}

/** The first and the last moment of all bars. */
export function extentOf(bars: readonly Bar[], now: number): [number, number] | undefined {
  if (bars.length === 0) return undefined;
  let from = Infinity;
  let to = -Infinity;
  for (const { segments } of bars) {
    from = Math.min(from, segments[0]!.from);
    to = Math.max(to, endOf(segments.at(-1)!, now));
  }
  return [from, Math.max(to, from + 1)];
}
