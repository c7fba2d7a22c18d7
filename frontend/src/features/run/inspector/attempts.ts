// The attempts of one call: the children of the Retry node that a node is or belongs to. Pure.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { treeOf } from "../model/tree";

/** In order, empty for a node that is never done again. Hooks of the call are not attempts. */
export function attemptsOf(graph: GraphView, node: GraphNode): GraphNode[] {
  const tree = treeOf(graph);
  const above = tree.parent.get(node.idx);
  const retry = node.type === "Retry" ? node.idx : above !== undefined && graph.nodes.get(above)?.type === "Retry" ? above : undefined;
  if (retry === undefined) return [];
  const children = (tree.children.get(retry) ?? []).map((idx) => graph.nodes.get(idx)!);
  return children.filter((child) => !child.nodeFlag?.hooked);
}

/** The containers inside a node, such as those of a container set. */
export function containersOf(graph: GraphView, node: GraphNode): GraphNode[] {
  const children = treeOf(graph).children.get(node.idx) ?? [];
  return children.map((idx) => graph.nodes.get(idx)!).filter((child) => child.type === "Container");
}
