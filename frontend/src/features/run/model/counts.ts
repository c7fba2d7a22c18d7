// How many nodes below a node are in which state: what a folded group tells of its inside.

import { stateOfNode, STATES, type State } from "@/shared/state/states";
import type { GraphView } from "@/shared/live/graphStore";
import { isLeaf, treeOf } from "./tree";

export type Counts = Partial<Record<State, number>>;

/** By idx of each node that has children; only leaves are counted, for groups repeat what their leaves say. */
export function countsBelow(graph: GraphView): ReadonlyMap<number, Counts> {
  const tree = treeOf(graph);
  const counts = new Map<number, Counts>();
  for (const node of graph.nodes.values()) {
    if (!isLeaf(tree, node.idx)) continue;
    const state = stateOfNode(node);
    for (let at = tree.parent.get(node.idx); at !== undefined; at = tree.parent.get(at)) {
      const below = counts.get(at) ?? {};
      below[state] = (below[state] ?? 0) + 1;
      counts.set(at, below);
    }
  }
  return counts;
}

/** In the order of STATES, so that a row of counts does not jump about while it changes. */
export function entriesOf(counts: Counts): [State, number][] {
  return STATES.flatMap((state): [State, number][] => (counts[state] ? [[state, counts[state]]] : []));
}
