// Where cards stand: sizes for the layout, and what comes back turned into rectangles for horizontal or vertical flow.

import type { LayoutInput, LayoutResult } from "@/shared/graph/layered";
import type { Box } from "./boxes";
import type { Scene } from "./scene";

export type Direction = "horizontal" | "vertical";

export const CARD_WIDTH = 172;
export const CARD_HEIGHT = 44;
const INNER_GAP = 8;
export const BOX_PADDING = 8;

export interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Placement {
  direction: Direction;
  /** corners of cards, by place of the card */
  x: Float32Array;
  y: Float32Array;
  /** rectangles of boxes that hold several cards */
  packs: readonly Rectangle[];
  /** points of edge e as x, y from start[e] * 2 */
  start: Int32Array;
  points: Float32Array;
  rank: Int32Array;
  width: number;
  height: number;
  /** where the lane of exit handlers and hooks is, if there is one */
  lane: Rectangle | undefined;
}

export function layoutInput(scene: Scene, direction: Direction): LayoutInput {
  const width = Float32Array.from(scene.boxes, (box) => sizeOf(box).width);
  const height = Float32Array.from(scene.boxes, (box) => sizeOf(box).height);
  const horizontal = direction === "horizontal";
  return {
    count: scene.boxes.length,
    from: scene.from,
    to: scene.to,
    along: horizontal ? width : height,
    cross: horizontal ? height : width,
    lane: Uint8Array.from(scene.boxes, (box) => scene.cards[box.cards[0]!]!.lane),
    gapAlong: horizontal ? 40 : 36,
    gapCross: horizontal ? 14 : 20,
    gapLane: 64,
  };
}

export function placementOf(scene: Scene, result: LayoutResult, direction: Direction): Placement {
  const horizontal = direction === "horizontal";
  const x = new Float32Array(scene.cards.length);
  const y = new Float32Array(scene.cards.length);
  const packs: Rectangle[] = [];
  scene.boxes.forEach((box, place) => {
    const size = sizeOf(box);
    const left = (horizontal ? result.along : result.cross)[place]! - size.width / 2;
    const top = (horizontal ? result.cross : result.along)[place]! - size.height / 2;
    const padding = box.cards.length > 1 ? BOX_PADDING : 0;
    if (padding > 0) packs.push({ x: left, y: top, ...size });
    box.cards.forEach((card, at) => {
      x[card] = left + padding + (at % box.columns) * (CARD_WIDTH + INNER_GAP);
      y[card] = top + padding + Math.floor(at / box.columns) * (CARD_HEIGHT + INNER_GAP);
    });
  });
  const [width, height] = horizontal ? [result.extentAlong, result.extentCross] : [result.extentCross, result.extentAlong];
  return {
    direction, x, y, packs, width, height,
    start: result.start,
    points: horizontal ? result.points : swapped(result.points),
    rank: Int32Array.from(scene.boxOf, (box) => result.rank[box]!),
    lane: laneOf(result, horizontal, width, height),
  }; // prettier-ignore
}

function sizeOf(box: Box): { width: number; height: number } {
  const padding = box.cards.length > 1 ? 2 * BOX_PADDING : 0;
  return {
    width: box.columns * (CARD_WIDTH + INNER_GAP) - INNER_GAP + padding,
    height: box.rows * (CARD_HEIGHT + INNER_GAP) - INNER_GAP + padding,
  };
}

function laneOf(result: LayoutResult, horizontal: boolean, width: number, height: number): Rectangle | undefined {
  const lane = result.lanes[1];
  if (!lane || lane.from === lane.to) return undefined;
  return horizontal
    ? { x: 0, y: lane.from, width, height: lane.to - lane.from }
    : { x: lane.from, y: 0, width: lane.to - lane.from, height };
}

function swapped(points: Float32Array): Float32Array {
  const turned = new Float32Array(points.length);
  for (let at = 0; at < points.length; at += 2) {
    turned[at] = points[at + 1]!;
    turned[at + 1] = points[at]!;
  }
  return turned;
}
