// Ranks of a layered layout: each box one after the last of those before it.

import { adjacency } from "./adjacency";

/** Longest path from a source. In a circle, the edges back to a box that is ranked already are left out. */
export function longestPathRanks(count: number, from: Int32Array, to: Int32Array): Int32Array {
  const { first, others } = adjacency(count, from, to);
  const unmet = new Int32Array(count);
  for (const head of to) unmet[head] = unmet[head]! + 1;
  const rank = new Int32Array(count);
  const done = new Uint8Array(count);
  const ready: number[] = [];
  for (let box = 0; box < count; box += 1) if (unmet[box] === 0) ready.push(box);
  let next = 0;
  let oldest = 0;
  const sources = ready.length;
  while (next < count) {
    if (next === ready.length) {
      while (done[oldest]) oldest += 1;
      ready.push(oldest);
    }
    const box = ready[next]!;
    next += 1;
    done[box] = 1;
    for (let at = first[box]!; at < first[box + 1]!; at += 1) {
      const head = others[at]!;
      if (done[head]) continue;
      rank[head] = Math.max(rank[head]!, rank[box]! + 1);
      unmet[head] = unmet[head]! - 1;
      if (unmet[head] === 0) ready.push(head);
    }
  }
  pullSources(ready.slice(0, sources), rank, first, others);
  return rank;
}

/** A box that nothing comes before stands next to what follows it, not at the far end. */
function pullSources(sources: readonly number[], rank: Int32Array, first: Int32Array, others: Int32Array): void {
  for (const box of sources) {
    let nearest = Infinity;
    for (let at = first[box]!; at < first[box + 1]!; at += 1) nearest = Math.min(nearest, rank[others[at]!]!);
    if (nearest !== Infinity && nearest > 1) rank[box] = nearest - 1;
  }
}
