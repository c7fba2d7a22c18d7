// Cross positions: each box as near as can be to the mean of its neighbours, in the given order and without overlap.
//
// With the order fixed, "at least so far apart" becomes "not decreasing" once the distances from the first box are taken
// off; the nearest such positions are an isotonic regression, which pooling adjacent violators finds in one pass.

import { adjacency, type Adjacency } from "./adjacency";
import type { LaneGraph } from "./layered";

/** Up, down, …, and last with both sides: enough for chains to become straight. */
const PASSES = ["before", "after", "before", "after", "both", "both"] as const;
/** Long edges are kept straighter than boxes are kept central. */
const DUMMY_WEIGHT = 3;

export function settle(graph: LaneGraph, ranks: readonly Int32Array[], gap: number): Float64Array {
  const position = new Float64Array(graph.count);
  for (const row of ranks) standSideBySide(row, graph, gap, position);
  const sides = {
    before: [adjacency(graph.count, graph.to, graph.from)],
    after: [adjacency(graph.count, graph.from, graph.to)],
  };
  const both = [...sides.before, ...sides.after];
  for (const pass of PASSES) {
    const rows = pass === "after" ? ranks.toReversed() : ranks;
    for (const row of rows) settleRow(row, graph, gap, pass === "both" ? both : sides[pass], position);
  }
  return position;
}

function standSideBySide(row: Int32Array, graph: LaneGraph, gap: number, position: Float64Array): void {
  let at = 0;
  for (const box of row) {
    position[box] = at + graph.cross[box]! / 2;
    at += graph.cross[box]! + gap;
  }
  for (const box of row) position[box] = position[box]! - (at - gap) / 2;
}

function settleRow(row: Int32Array, graph: LaneGraph, gap: number, beside: readonly Adjacency[], position: Float64Array): void {
  const length = row.length;
  const shift = new Float64Array(length);
  const value = new Float64Array(length);
  const weight = new Float64Array(length);
  const size = new Int32Array(length);
  let pools = 0;
  for (let index = 0; index < length; index += 1) {
    const box = row[index]!;
    if (index > 0) {
      const left = row[index - 1]!;
      const apart = graph.dummy[left] && graph.dummy[box] ? gap / 2 : gap;
      shift[index] = shift[index - 1]! + (graph.cross[left]! + graph.cross[box]!) / 2 + apart;
    }
    value[pools] = wanted(box, beside, position) - shift[index]!;
    weight[pools] = graph.dummy[box] ? DUMMY_WEIGHT : 1;
    size[pools] = 1;
    pools += 1;
    while (pools > 1 && value[pools - 2]! > value[pools - 1]!) {
      pools -= 1;
      const total = weight[pools - 1]! + weight[pools]!;
      value[pools - 1] = (value[pools - 1]! * weight[pools - 1]! + value[pools]! * weight[pools]!) / total;
      weight[pools - 1] = total;
      size[pools - 1] = size[pools - 1]! + size[pools]!;
    }
  }
  let index = 0;
  for (let pool = 0; pool < pools; pool += 1) {
    for (let member = 0; member < size[pool]!; member += 1, index += 1) {
      position[row[index]!] = value[pool]! + shift[index]!;
    }
  }
}

function wanted(box: number, beside: readonly Adjacency[], position: Float64Array): number {
  let sum = 0;
  let count = 0;
  for (const { first, others } of beside) {
    for (let at = first[box]!; at < first[box + 1]!; at += 1) {
      sum += position[others[at]!]!;
      count += 1;
    }
  }
  return count > 0 ? sum / count : position[box]!;
}
