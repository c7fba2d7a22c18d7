// Who is next to whom, in two flat arrays: those of box b are others[first[b]] to others[first[b + 1] - 1].

export interface Adjacency {
  first: Int32Array;
  others: Int32Array;
}

export function adjacency(count: number, from: ArrayLike<number>, to: ArrayLike<number>): Adjacency {
  const first = new Int32Array(count + 1);
  for (let edge = 0; edge < from.length; edge += 1) first[from[edge]! + 1] = first[from[edge]! + 1]! + 1;
  for (let box = 0; box < count; box += 1) first[box + 1] = first[box + 1]! + first[box]!;
  const others = new Int32Array(from.length);
  const filled = first.slice();
  for (let edge = 0; edge < from.length; edge += 1) {
    const box = from[edge]!;
    others[filled[box]!] = to[edge]!;
    filled[box] = filled[box]! + 1;
  }
  return { first, others };
}
