// Graphs for tests, written short: [name, type, parents by name, boundary by name, more fields].

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";

export type Row = readonly [name: string, type: string, parents: string[], boundary: string | null, more?: Partial<GraphNode>];

export function graphOf(rows: readonly Row[]): GraphView {
  const idx = new Map(rows.map(([name], place) => [name, place]));
  const nodes = rows.map(([name, type, parents, boundary, more]): GraphNode => ({
    idx: idx.get(name)!,
    id: `id-${name}`,
    name,
    displayName: name.split(".").at(-1)!,
    type,
    phase: "Succeeded",
    boundary: boundary === null ? null : idx.get(boundary)!,
    parents: parents.map((parent) => idx.get(parent)!),
    templateName: "",
    message: "",
    startedAt: null,
    finishedAt: null,
    nodeFlag: null,
    waiting: null,
    ...more,
  }));
  return { seq: 1, nodes: new Map(nodes.map((node) => [node.idx, node])), changed: undefined, structure: 1 };
}
