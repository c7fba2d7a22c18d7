// The order of boxes within ranks: depth first to begin with, then sweeps that put each box at the mean place of its
// neighbours, so that edges cross less.

import { adjacency, type Adjacency } from "./adjacency";
import type { LaneGraph } from "./layered";

const SWEEPS = 8;

/** Places by rank, in order. */
export function barycenterOrder(graph: LaneGraph): Int32Array[] {
  const after = adjacency(graph.count, graph.from, graph.to);
  const before = adjacency(graph.count, graph.to, graph.from);
  const ranks = depthFirst(graph, after, before);
  const place = new Float64Array(graph.count);
  for (const row of ranks) number(row, place);
  const wish = new Float64Array(graph.count);
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const down = sweep % 2 === 0;
    const rows = down ? ranks : ranks.toReversed();
    for (const row of rows) sortByWish(row, down ? before : after, place, wish);
  }
  return ranks;
}

function depthFirst(graph: LaneGraph, after: Adjacency, before: Adjacency): Int32Array[] {
  const rankCount = graph.rank.reduce((most, value) => Math.max(most, value + 1), 0);
  const rows: number[][] = Array.from({ length: rankCount }, () => []);
  const seen = new Uint8Array(graph.count);
  const stack: number[] = [];
  const visit = (source: number) => {
    stack.push(source);
    while (stack.length > 0) {
      const place = stack.pop()!;
      if (seen[place]) continue;
      seen[place] = 1;
      rows[graph.rank[place]!]!.push(place);
      for (let at = after.first[place + 1]! - 1; at >= after.first[place]!; at -= 1) {
        if (!seen[after.others[at]!]) stack.push(after.others[at]!);
      }
    }
  };
  for (let place = 0; place < graph.count; place += 1) {
    if (before.first[place] === before.first[place + 1]) visit(place);
  }
  for (let place = 0; place < graph.count; place += 1) visit(place);
  return rows.map((row) => Int32Array.from(row));
}

function sortByWish(row: Int32Array, beside: Adjacency, place: Float64Array, wish: Float64Array): void {
  for (const box of row) {
    const begin = beside.first[box]!;
    const end = beside.first[box + 1]!;
    let sum = 0;
    for (let at = begin; at < end; at += 1) sum += place[beside.others[at]!]!;
    wish[box] = end > begin ? sum / (end - begin) : place[box]!;
  }
  row.sort((one, other) => wish[one]! - wish[other]! || place[one]! - place[other]!);
  number(row, place);
}

// Places run from 0 to 1 in every rank, so that ranks of different length compare.
function number(row: Int32Array, place: Float64Array): void {
  row.forEach((box, index) => (place[box] = (index + 0.5) / row.length));
}
