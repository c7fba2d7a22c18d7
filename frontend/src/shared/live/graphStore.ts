// The graph of one run as the page holds it: a pure reducer over columnar snapshots and patches.
//
// A view is immutable; `nodes` is shared between views where nothing changed. `changed` names what the last patch
// touched, so that a canvas repaints only that. Not for fetching: see `useRunGraph`.

import type { GraphChanges, GraphNode } from "@/shared/api/types";

export interface GraphView {
  readonly seq: number;
  readonly nodes: ReadonlyMap<number, GraphNode>;
  /** idx of nodes that the last patch created or updated; undefined after a snapshot: everything is new */
  readonly changed: readonly number[] | undefined;
  /** grows whenever nodes or edges came or went, so that a layout is computed only then */
  readonly structure: number;
}

export const EMPTY_GRAPH: GraphView = { seq: 0, nodes: new Map(), changed: undefined, structure: 0 };

/** The view after a patch; undefined when changes in between are missing and must be asked for. */
export function applyChanges(view: GraphView, patch: GraphChanges): GraphView | undefined {
  if (patch.since > view.seq) return undefined;
  if (patch.since !== 0 && patch.seq < view.seq) return view;
  const nodes = new Map(patch.since === 0 ? [] : view.nodes);
  let structureChanged = patch.since === 0;
  for (const idx of patch.deleted) structureChanged = nodes.delete(idx) || structureChanged;
  const changed: number[] = [];
  for (const node of rowsOf(patch)) {
    const before = nodes.get(node.idx);
    structureChanged ||= before === undefined || !sameEdges(before, node);
    nodes.set(node.idx, node);
    changed.push(node.idx);
  }
  return {
    seq: patch.seq,
    nodes,
    changed: patch.since === 0 ? undefined : changed,
    structure: view.structure + (structureChanged ? 1 : 0),
  };
}

function* rowsOf(patch: GraphChanges): Generator<GraphNode> {
  const columns = Object.entries(patch.columns) as [keyof GraphNode, unknown[]][];
  for (let row = 0; row < patch.count; row += 1) {
    const node: Partial<Record<keyof GraphNode, unknown>> = {};
    for (const [name, values] of columns) node[name] = values[row];
    yield node as unknown as GraphNode;
  }
}

function sameEdges(one: GraphNode, other: GraphNode): boolean {
  return (
    one.boundary === other.boundary &&
    one.parents.length === other.parents.length &&
    one.parents.every((parent, place) => parent === other.parents[place])
  );
}
