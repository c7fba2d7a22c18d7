// The chain of nodes that made a run take as long as it did: from what ended last, back through what each had to wait
// for. Pure.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { oncePerView } from "../model/perView";
import { ancestors, isLeaf, treeOf, type NodeTree } from "../model/tree";

/** idx of the nodes on the critical path; nodes that go on count as ending now. */
export function criticalPath(graph: GraphView): ReadonlySet<number> {
  const tree = treeOf(graph);
  const path = new Set<number>();
  const leaves = [...graph.nodes.values()].filter((node) => isLeaf(tree, node.idx) && node.startedAt !== null);
  for (let at = latest(leaves); at && !path.has(at.idx); at = predecessorOf(graph, at)) path.add(at.idx);
  return path;
}

/** The leaf that ended last among those a leaf came after; undefined for one that began with the run. */
export function predecessorOf(graph: GraphView, node: GraphNode): GraphNode | undefined {
  const before = orderOf(graph).before(node.idx);
  return before && before.finishedAt !== null && before.finishedAt <= (node.startedAt ?? Infinity) ? before : undefined;
}

const orderOf = oncePerView((graph) => new Order(graph, treeOf(graph)));

// What came before what, asked for each node once: large groups come after large groups.
class Order {
  private readonly lasts = new Map<number, GraphNode | undefined>();
  private readonly befores = new Map<number, GraphNode | undefined>();

  constructor(
    private readonly graph: GraphView,
    private readonly tree: NodeTree,
  ) {}

  // What holds a node did not end before it: what counts is what that came after.
  before(idx: number): GraphNode | undefined {
    if (this.befores.has(idx)) return this.befores.get(idx);
    this.befores.set(idx, undefined);
    const holders = ancestors(this.tree, idx);
    const earlier = this.attemptBefore(idx);
    const found =
      earlier === undefined
        ? latest((this.graph.nodes.get(idx)?.parents ?? []).map((parent) => (holders.includes(parent) ? this.before(parent) : this.last(parent))))
        : this.last(earlier);
    this.befores.set(idx, found);
    return found;
  }

  // Of a group the leaf that ended last.
  private last(idx: number): GraphNode | undefined {
    if (this.lasts.has(idx)) return this.lasts.get(idx);
    const children = this.tree.children.get(idx);
    const found = children ? latest(children.map((child) => this.last(child))) : this.graph.nodes.get(idx);
    this.lasts.set(idx, found);
    return found;
  }

  // An attempt had to wait for the one before it, though both have only the retry as parent.
  private attemptBefore(idx: number): number | undefined {
    const holder = this.tree.parent.get(idx);
    if (holder === undefined || this.graph.nodes.get(holder)?.type !== "Retry") return undefined;
    const attempts = this.tree.children.get(holder)!;
    return attempts[attempts.indexOf(idx) - 1];
  }
}

function latest(nodes: readonly (GraphNode | undefined)[]): GraphNode | undefined {
  let last: GraphNode | undefined;
  for (const node of nodes) {
    if (node && (!last || (node.finishedAt ?? Infinity) > (last.finishedAt ?? Infinity))) last = node;
  }
  return last;
}
