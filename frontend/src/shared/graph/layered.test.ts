import { describe, expect, test } from "vitest";
import { layered, type LayoutInput, type LayoutResult } from "./layered";

function input(count: number, edges: readonly (readonly [number, number])[], more: Partial<LayoutInput> = {}): LayoutInput {
  return {
    count,
    from: Int32Array.from(edges, ([from]) => from),
    to: Int32Array.from(edges, ([, to]) => to),
    along: new Float32Array(count).fill(100),
    cross: new Float32Array(count).fill(40),
    lane: new Uint8Array(count),
    gapAlong: 50,
    gapCross: 10,
    gapLane: 30,
    ...more,
  };
}

/** Pairs of boxes of one rank that overlap on the cross axis. */
function overlaps(asked: LayoutInput, { rank, cross }: LayoutResult): number {
  const sorted = Array.from({ length: asked.count }, (_, box) => box).sort(
    (one, other) => rank[one]! - rank[other]! || cross[one]! - cross[other]!,
  );
  return sorted.filter((right, at) => {
    const left = sorted[at - 1];
    if (left === undefined || rank[left] !== rank[right]) return false;
    return cross[right]! - cross[left]! < (asked.cross[left]! + asked.cross[right]!) / 2 - 0.01;
  }).length;
}

/** The same on every machine. */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

function randomGraph(count: number, width: number, seed: number): LayoutInput {
  const random = pseudoRandom(seed);
  const edges: [number, number][] = [];
  for (let box = width; box < count; box += 1) {
    const parents = 1 + Math.floor(random() * 2);
    for (let each = 0; each < parents; each += 1) {
      const back = width * (random() < 0.1 ? 3 : 1);
      edges.push([Math.max(0, box - (box % width) - back + Math.floor(random() * width)), box]);
    }
  }
  return input(count, edges);
}

describe("ranks", () => {
  test("a box comes after the last of those before it", () => {
    const result = layered(input(4, [[0, 1], [1, 2], [0, 2], [2, 3]])); // prettier-ignore
    expect([...result.rank]).toEqual([0, 1, 2, 3]);
    expect([...result.along]).toEqual([50, 200, 350, 500]);
    expect(result.extentAlong).toBe(550);
  });

  test("a box that nothing comes before stands next to what follows it", () => {
    expect([...layered(input(5, [[0, 1], [1, 2], [2, 3], [4, 3]])).rank]).toEqual([0, 1, 2, 3, 2]); // prettier-ignore
  });

  test("a circle does not hang the page; every box gets its place", () => {
    const result = layered(input(3, [[0, 1], [1, 2], [2, 0]])); // prettier-ignore
    expect([...result.rank]).toEqual([0, 1, 2]);
  });
});

test("a chain is straight, a diamond symmetrical", () => {
  const chain = layered(input(3, [[0, 1], [1, 2]])); // prettier-ignore
  expect(new Set(chain.cross).size).toBe(1);
  const diamond = layered(input(4, [[0, 1], [0, 2], [1, 3], [2, 3]])); // prettier-ignore
  expect([...diamond.cross]).toEqual([45, 20, 70, 45]);
});

test("children stand in an order in which no edges cross", () => {
  const { cross } = layered(input(6, [[0, 2], [0, 3], [1, 4], [1, 5]])); // prettier-ignore
  expect([2, 3].every((left) => [4, 5].every((right) => cross[left]! < cross[right]!))).toBe(cross[0]! < cross[1]!);
});

test.each([[200, 10, 1], [1_000, 40, 2], [3_000, 17, 3]])("%d boxes in rows of %d do not overlap", (count, width, seed) => {
  const asked = randomGraph(count, width, seed);
  expect(overlaps(asked, layered(asked))).toBe(0);
}); // prettier-ignore

test("boxes of different sizes do not overlap", () => {
  const cross = Float32Array.from({ length: 40 }, (_, box) => 20 + (box % 7) * 30);
  const asked = input(40, Array.from({ length: 39 }, (_, box) => [0, box + 1] as const), { cross });
  expect(overlaps(asked, layered(asked))).toBe(0);
});

test("a long edge passes beside the boxes between, through a place of its own", () => {
  const { start, points, cross } = layered(input(3, [[0, 1], [1, 2], [0, 2]])); // prettier-ignore
  const edge = Array.from(points.slice(start[2]! * 2, start[3]! * 2));
  expect(edge).toHaveLength(12);
  const through = edge[5]!;
  expect(Math.abs(through - cross[1]!)).toBeGreaterThanOrEqual(20);
  expect(edge.slice(4, 8)).toEqual([150, through, 250, through]);
});

test("lanes share ranks and stand apart", () => {
  const lane = Uint8Array.from([0, 0, 1, 1]);
  const { rank, cross, lanes } = layered(input(4, [[0, 1], [1, 2], [2, 3]], { lane })); // prettier-ignore
  expect([...rank]).toEqual([0, 1, 2, 3]);
  expect(lanes).toEqual([{ from: 0, to: 40 }, { from: 70, to: 110 }]); // prettier-ignore
  expect([...cross]).toEqual([20, 20, 90, 90]);
});

test("nothing at all", () => {
  expect(layered(input(0, []))).toMatchObject({ extentAlong: 0, extentCross: 0, lanes: [] });
});

test("the same graph is laid out the same, and every box has a place", () => {
  const asked = randomGraph(10_000, 100, 7);
  const one = layered(asked);
  expect(one.cross.every(Number.isFinite)).toBe(true);
  expect(layered(asked)).toEqual(one);
});
