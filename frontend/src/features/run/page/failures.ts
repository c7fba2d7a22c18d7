// Which failed node to show first. Pure.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { ancestors, isLeaf, treeOf } from "../model/tree";

/**
 * The node to look at first: of those that failed themselves the one that ended first, of its attempts the last.
 * Failures that something around them got over (a later attempt, continueOn) do not count; exit handlers and hooks
 * come after everything else.
 */
export function firstFailure(graph: GraphView): GraphNode | undefined {
  const tree = treeOf(graph);
  const found = [...graph.nodes.values()].filter(
    (node) => hasFailed(node) && !failedInside(graph, tree.children.get(node.idx)) && !wasForgiven(graph, node),
  );
  const first = found.toSorted(byTime)[0];
  return first && lastAttempt(graph, first);
}

export function hasFailed(node: Pick<GraphNode, "phase">): boolean {
  return node.phase === "Failed" || node.phase === "Error";
}

function failedInside(graph: GraphView, children: readonly number[] = []): boolean {
  return children.some((idx) => hasFailed(graph.nodes.get(idx)!));
}

function wasForgiven(graph: GraphView, node: GraphNode): boolean {
  return ancestors(treeOf(graph), node.idx).some((idx) => graph.nodes.get(idx)!.phase === "Succeeded");
}

function lastAttempt(graph: GraphView, node: GraphNode): GraphNode {
  const tree = treeOf(graph);
  const above = tree.parent.get(node.idx);
  if (above === undefined || graph.nodes.get(above)?.type !== "Retry") return node;
  const attempts = (tree.children.get(above) ?? []).map((idx) => graph.nodes.get(idx)!);
  return attempts.findLast((attempt) => hasFailed(attempt) && isLeaf(tree, attempt.idx)) ?? node;
}

function byTime(one: GraphNode, other: GraphNode): number {
  const [late, lateOther] = [one, other].map((node) => Number(Boolean(node.nodeFlag?.hooked)));
  return late! - lateOther! || (one.finishedAt ?? Infinity) - (other.finishedAt ?? Infinity) || one.idx - other.idx;
}
