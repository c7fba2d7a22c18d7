// The rows of the tree: what is open and what the filter leaves, in order. Pure.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { ancestors, treeOf } from "../model/tree";

export interface TreeRow {
  node: GraphNode;
  /** 1 for a root, as in aria-level */
  level: number;
  /** among how many siblings, and which of them, from 1 */
  setSize: number;
  place: number;
  /** undefined: has nothing to open */
  isOpen: boolean | undefined;
}

/** Nodes with more children than this start folded. */
export const MANY_CHILDREN = 200;

/** `openings` holds what somebody opened (true) or closed (false) by hand. With a filter everything kept is open. */
export function treeRows(
  graph: GraphView,
  openings: ReadonlyMap<number, boolean>,
  matches: ((node: GraphNode) => boolean) | undefined,
): TreeRow[] {
  const tree = treeOf(graph);
  const kept = matches && keptBy(graph, matches);
  const shown = (list: readonly number[]) => (kept ? list.filter((idx) => kept.has(idx)) : list);
  const rows: TreeRow[] = [];
  const waiting: { idx: number; level: number; setSize: number; place: number }[] = [];
  const add = (list: readonly number[], level: number) => {
    const siblings = shown(list);
    for (let place = siblings.length; place > 0; place -= 1) {
      waiting.push({ idx: siblings[place - 1]!, level, setSize: siblings.length, place });
    }
  };
  add(tree.roots, 1);
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { idx, ...where } = next;
    const children = shown(tree.children.get(idx) ?? []);
    const isOpen = children.length ? (openings.get(idx) ?? (kept !== undefined || children.length <= MANY_CHILDREN)) : undefined;
    rows.push({ node: graph.nodes.get(idx)!, ...where, isOpen });
    if (isOpen) add(children, where.level + 1);
  }
  return rows;
}

/** Openings with everything above a node open, so that it can be seen. */
export function openTo(graph: GraphView, openings: ReadonlyMap<number, boolean>, idx: number): ReadonlyMap<number, boolean> {
  const closed = ancestors(treeOf(graph), idx).filter((above) => openings.get(above) !== true);
  return closed.length ? new Map([...openings, ...closed.map((above): [number, boolean] => [above, true])]) : openings;
}

/** Openings with every node that has children open, or closed. */
export function allOpen(graph: GraphView, isOpen: boolean): ReadonlyMap<number, boolean> {
  const tree = treeOf(graph);
  return new Map([...tree.children.keys()].map((idx) => [idx, isOpen]));
}

/** Where the arrow keys left and right lead from a row: to another row, or to an opening or closing of this one. */
export function sideways(rows: readonly TreeRow[], index: number, key: "ArrowLeft" | "ArrowRight"): number | "toggle" | undefined {
  const row = rows[index];
  if (!row) return undefined;
  if (key === "ArrowRight") return row.isOpen === undefined ? undefined : row.isOpen ? index + 1 : "toggle";
  if (row.isOpen) return "toggle";
  for (let above = index - 1; above >= 0; above -= 1) {
    if (rows[above]!.level < row.level) return above;
  }
  return undefined;
}

function keptBy(graph: GraphView, matches: (node: GraphNode) => boolean): Set<number> {
  const tree = treeOf(graph);
  const kept = new Set<number>();
  for (const node of graph.nodes.values()) {
    if (!matches(node)) continue;
    for (let at: number | undefined = node.idx; at !== undefined && !kept.has(at); at = tree.parent.get(at)) kept.add(at);
  }
  return kept;
}
