// A layered layout of a directed graph, pure and quick: 10,000 boxes take some tens of milliseconds.
//
//   along: the axis edges run on, one rank after the other     cross: the axis boxes of a rank stand side by side on
//
// 1 ranks by longest path   2 dummies where an edge passes through a rank   3 order within ranks by barycenter sweeps
// 4 cross positions: each rank as near to its neighbours as order and sizes permit (isotonic regression)
// Boxes of different lanes share the ranks and stand apart on the cross axis. Not for drawing, nor for choosing sizes.

import { barycenterOrder } from "./order";
import { longestPathRanks } from "./ranks";
import { settle } from "./settle";

export interface LayoutInput {
  count: number;
  /** edges, box to box; edges that close a circle are drawn but do not rank */
  from: Int32Array;
  to: Int32Array;
  /** sizes of the boxes on both axes */
  along: Float32Array;
  cross: Float32Array;
  /** lane 0 comes first on the cross axis, then 1, … */
  lane: Uint8Array;
  gapAlong: number;
  gapCross: number;
  gapLane: number;
}

export interface LayoutResult {
  /** centres of the boxes */
  along: Float32Array;
  cross: Float32Array;
  rank: Int32Array;
  /** the points (along, cross) of edge e are those from start[e] to start[e + 1]; odd legs are curves, even ones straight */
  start: Int32Array;
  points: Float32Array;
  extentAlong: number;
  extentCross: number;
  /** from and to on the cross axis, per lane; lanes without boxes are empty */
  lanes: { from: number; to: number }[];
}

/** Longer edges pass below the boxes, without a place of their own. */
const LONGEST_WITH_DUMMIES = 64;
const MOST_DUMMIES = 40_000;

/** Boxes and dummies of one lane, by place: first the boxes, then the dummies. */
export interface LaneGraph {
  count: number;
  rank: Int32Array;
  cross: Float32Array;
  dummy: Uint8Array;
  from: number[];
  to: number[];
}

export function layered(input: LayoutInput): LayoutResult {
  const rank = longestPathRanks(input.count, input.from, input.to);
  const cross = new Float32Array(input.count);
  const dummies = new Map<number, Float32Array>();
  const lanes: LayoutResult["lanes"] = [];
  let offset = 0;
  const laneCount = input.lane.reduce((most, lane) => Math.max(most, lane + 1), 0);
  for (let lane = 0; lane < laneCount; lane += 1) {
    const extent = placeLane(input, lane, rank, offset, cross, dummies);
    lanes.push({ from: offset, to: offset + extent });
    if (extent > 0) offset += extent + input.gapLane;
  }
  const { begin, end, extent } = rankSpans(input, rank);
  const along = Float32Array.from(rank, (value) => (begin[value]! + end[value]!) / 2);
  const { start, points } = routes(input, rank, cross, dummies, begin, end);
  return { along, cross, rank, start, points, extentAlong: extent, extentCross: Math.max(0, offset - input.gapLane), lanes };
}

/** Writes cross positions of the lane's boxes, and of dummies by edge; returns the lane's extent. */
function placeLane(
  input: LayoutInput,
  lane: number,
  rank: Int32Array,
  offset: number,
  cross: Float32Array,
  dummies: Map<number, Float32Array>,
): number {
  const { graph, boxes, chains } = laneGraph(input, lane, rank);
  if (boxes.length === 0) return 0;
  const ranks = barycenterOrder(graph);
  const position = settle(graph, ranks, input.gapCross);
  let low = Infinity;
  let high = -Infinity;
  for (let place = 0; place < graph.count; place += 1) {
    low = Math.min(low, position[place]! - graph.cross[place]! / 2);
    high = Math.max(high, position[place]! + graph.cross[place]! / 2);
  }
  boxes.forEach((box, place) => (cross[box] = position[place]! - low + offset));
  for (const [edge, places] of chains) {
    dummies.set(edge, Float32Array.from(places, (place) => position[place]! - low + offset));
  }
  return high - low;
}

function laneGraph(input: LayoutInput, lane: number, rank: Int32Array) {
  const boxes: number[] = [];
  const placeOf = new Int32Array(input.count).fill(-1);
  for (let box = 0; box < input.count; box += 1) {
    if (input.lane[box] !== lane) continue;
    placeOf[box] = boxes.length;
    boxes.push(box);
  }
  const ranks = boxes.map((box) => rank[box]!);
  const from: number[] = [];
  const to: number[] = [];
  const chains = new Map<number, number[]>();
  for (let edge = 0; edge < input.from.length; edge += 1) {
    const tail = placeOf[input.from[edge]!]!;
    const head = placeOf[input.to[edge]!]!;
    if (tail < 0 || head < 0) continue;
    const span = ranks[head]! - ranks[tail]!;
    if (span < 1 || span > LONGEST_WITH_DUMMIES) continue;
    let before = tail;
    if (span > 1 && ranks.length - boxes.length + span <= MOST_DUMMIES) {
      const chain: number[] = [];
      for (let at = ranks[tail]! + 1; at < ranks[head]!; at += 1) {
        const place = ranks.push(at) - 1;
        chain.push(place);
        from.push(before);
        to.push(place);
        before = place;
      }
      chains.set(edge, chain);
    } else if (span > 1) continue;
    from.push(before);
    to.push(head);
  }
  const sizes = new Float32Array(ranks.length);
  boxes.forEach((box, place) => (sizes[place] = input.cross[box]!));
  const dummy = new Uint8Array(ranks.length).fill(1, boxes.length);
  const graph: LaneGraph = { count: ranks.length, rank: Int32Array.from(ranks), cross: sizes, dummy, from, to };
  return { graph, boxes, chains };
}

function rankSpans(input: LayoutInput, rank: Int32Array) {
  const rankCount = rank.reduce((most, value) => Math.max(most, value + 1), 0);
  const thickness = new Float32Array(rankCount);
  for (let box = 0; box < input.count; box += 1) {
    thickness[rank[box]!] = Math.max(thickness[rank[box]!]!, input.along[box]!);
  }
  const begin = new Float32Array(rankCount);
  const end = new Float32Array(rankCount);
  let at = 0;
  for (let value = 0; value < rankCount; value += 1) {
    begin[value] = at;
    end[value] = at + thickness[value]!;
    at = end[value]! + input.gapAlong;
  }
  return { begin, end, extent: Math.max(0, at - input.gapAlong) };
}

function routes(
  input: LayoutInput,
  rank: Int32Array,
  cross: Float32Array,
  dummies: Map<number, Float32Array>,
  begin: Float32Array,
  end: Float32Array,
) {
  const start = new Int32Array(input.from.length + 1);
  const points: number[] = [];
  for (let edge = 0; edge < input.from.length; edge += 1) {
    const tail = input.from[edge]!;
    const head = input.to[edge]!;
    const middle = (begin[rank[tail]!]! + end[rank[tail]!]!) / 2;
    points.push(middle + input.along[tail]! / 2, cross[tail]!, end[rank[tail]!]!, cross[tail]!);
    dummies.get(edge)?.forEach((at, step) => {
      const passed = rank[tail]! + 1 + step;
      points.push(begin[passed]!, at, end[passed]!, at);
    });
    const target = (begin[rank[head]!]! + end[rank[head]!]!) / 2;
    points.push(begin[rank[head]!]!, cross[head]!, target - input.along[head]! / 2, cross[head]!);
    start[edge + 1] = points.length / 2;
  }
  return { start, points: Float32Array.from(points) };
}
