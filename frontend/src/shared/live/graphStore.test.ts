import { describe, expect, test } from "vitest";
import type { GraphChanges, GraphNode } from "@/shared/api/types";
import { applyChanges, EMPTY_GRAPH } from "./graphStore";

function patch(since: number, seq: number, nodes: Partial<GraphNode>[], deleted: number[] = []): GraphChanges {
  const names = [...new Set(nodes.flatMap((node) => Object.keys(node)))] as (keyof GraphNode)[];
  return {
    since,
    seq,
    count: nodes.length,
    columns: Object.fromEntries(names.map((name) => [name, nodes.map((node) => node[name])])),
    deleted,
  };
}

const one = { idx: 0, phase: "Running", parents: [], boundary: null } as const;
const two = { idx: 1, phase: "Pending", parents: [0], boundary: 0 } as const;

describe("applyChanges", () => {
  test("a snapshot and its patches come to what a new snapshot holds", () => {
    const first = applyChanges(EMPTY_GRAPH, patch(0, 5, [one, two]))!;
    const then = applyChanges(first, patch(5, 7, [{ ...two, phase: "Succeeded" }]))!;
    const fresh = applyChanges(EMPTY_GRAPH, patch(0, 7, [one, { ...two, phase: "Succeeded" }]))!;
    expect(then.nodes).toEqual(fresh.nodes);
    expect(then.seq).toBe(7);
    expect(then.changed).toEqual([1]);
  });

  test("a change of phase leaves the structure alone, a new or deleted node does not", () => {
    const first = applyChanges(EMPTY_GRAPH, patch(0, 5, [one]))!;
    const phase = applyChanges(first, patch(5, 6, [{ ...one, phase: "Failed" }]))!;
    const grown = applyChanges(phase, patch(6, 7, [two]))!;
    const shrunk = applyChanges(grown, patch(7, 8, [], [1]))!;
    expect([first, phase, grown, shrunk].map((view) => view.structure)).toEqual([1, 1, 2, 3]);
  });

  test("a patch with a gap is refused, an old one ignored, an overlapping one taken", () => {
    const first = applyChanges(EMPTY_GRAPH, patch(0, 5, [one]))!;
    expect(applyChanges(first, patch(6, 8, [two]))).toBeUndefined();
    expect(applyChanges(first, patch(2, 4, [two]))).toBe(first);
    expect(applyChanges(first, patch(3, 8, [two]))?.nodes.size).toBe(2);
  });

  test("an earlier view is not changed by what comes later", () => {
    const first = applyChanges(EMPTY_GRAPH, patch(0, 5, [one]))!;
    applyChanges(first, patch(5, 6, [two], [0]));
    expect([...first.nodes.keys()]).toEqual([0]);
  });
});
