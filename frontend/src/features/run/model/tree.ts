// What every tab of a run derives from its graph: ids to nodes, the tree of nodes, who follows whom. Pure; each
// answer is computed once per view of the graph.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { oncePerView } from "./perView";

/** Nodes as people think of them: steps in their group, attempts in their retry, tasks in their DAG. By idx. */
export interface NodeTree {
  readonly roots: readonly number[];
  /** in order of creation; leaves are not in it */
  readonly children: ReadonlyMap<number, readonly number[]>;
  /** roots are not in it */
  readonly parent: ReadonlyMap<number, number>;
}

const GROUPS: ReadonlySet<string> = new Set(["StepGroup", "TaskGroup", "Retry"]);

export const treeOf = oncePerView((graph): NodeTree => {
  const roots: number[] = [];
  const children = new Map<number, number[]>();
  const parent = new Map<number, number>();
  for (const node of inOrder(graph)) {
    const above = treeParent(node, graph);
    if (above === undefined) {
      roots.push(node.idx);
      continue;
    }
    parent.set(node.idx, above);
    push(children, above, node.idx);
  }
  return { roots, children, parent };
});

/** idx of the nodes that come right after a node, by its idx: the edges of the graph, turned around. */
export const followersOf = oncePerView((graph): ReadonlyMap<number, readonly number[]> => {
  const followers = new Map<number, number[]>();
  for (const node of inOrder(graph)) {
    for (const before of new Set(node.parents)) push(followers, before, node.idx);
  }
  return followers;
});

const idxOfIds = oncePerView((graph): ReadonlyMap<string, number> => {
  return new Map([...graph.nodes.values()].map((node) => [node.id, node.idx]));
});

export function nodeWithId(graph: GraphView, id: string | undefined): GraphNode | undefined {
  const idx = id === undefined ? undefined : idxOfIds(graph).get(id);
  return idx === undefined ? undefined : graph.nodes.get(idx);
}

/** The nodes that hold a node, from the nearest outwards. */
export function ancestors(tree: NodeTree, idx: number): number[] {
  const found: number[] = [];
  for (let at = tree.parent.get(idx); at !== undefined; at = tree.parent.get(at)) found.push(at);
  return found;
}

/** Whether a node does something itself, instead of standing for what is below it. */
export function isLeaf(tree: NodeTree, idx: number): boolean {
  return !tree.children.has(idx);
}

// The group that a node belongs to by its name, else the enclosing steps or DAG node. Other parents only say what it
// came after.
function treeParent(node: GraphNode, graph: GraphView): number | undefined {
  for (const idx of node.parents) {
    const parent = graph.nodes.get(idx);
    if (parent && GROUPS.has(parent.type) && belongsTo(node.name, parent)) return idx;
  }
  return node.boundary !== null && graph.nodes.has(node.boundary) ? node.boundary : undefined;
}

function belongsTo(name: string, group: GraphNode): boolean {
  return name.startsWith(group.type === "StepGroup" ? `${group.name}.` : `${group.name}(`);
}

function inOrder(graph: GraphView): GraphNode[] {
  return [...graph.nodes.values()].sort((one, other) => one.idx - other.idx);
}

function push(lists: Map<number, number[]>, key: number, value: number): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}
