// Draws the edges: straight through ranks and curved between them; from far away only lines, all in one stroke.

import type { Picture } from "./paint";
import type { Placement } from "./placement";

type Area = { left: number; top: number; right: number; bottom: number };

const CURVES_FROM = 0.12;

export function paintEdges(context: CanvasRenderingContext2D, picture: Picture, area: Area): void {
  const { scene, placement, camera, colours } = picture;
  const selectedBox = picture.selected === undefined ? -1 : scene.boxOf[picture.selected]!;
  const { bounds, dashed } = factsOf(picture);
  const curved = camera.scale >= CURVES_FROM;
  const groups: { style: string; alpha: number; dash: number[]; width: number; edges: number[] }[] = [
    { style: colours.dim, alpha: 0.5, dash: [], width: 1.4, edges: [] },
    { style: colours.dim, alpha: 0.45, dash: [5, 4], width: 1.4, edges: [] },
    { style: colours.accent, alpha: 1, dash: [], width: 2, edges: [] },
  ];
  for (let edge = 0; edge < scene.from.length; edge += 1) {
    const at = 4 * edge;
    if (bounds[at]! > area.right || bounds[at + 1]! > area.bottom || bounds[at + 2]! < area.left || bounds[at + 3]! < area.top) continue;
    const from = scene.from[edge]!;
    const to = scene.to[edge]!;
    const group = from === selectedBox || to === selectedBox ? 2 : dashed[edge]!;
    groups[group]!.edges.push(edge);
  }
  for (const { style, alpha, dash, width, edges } of groups) {
    if (edges.length === 0) continue;
    context.strokeStyle = style;
    context.globalAlpha = alpha;
    context.lineWidth = Math.min(width / camera.scale, width * 2.5);
    if (!curved) context.lineWidth = 0.8 / camera.scale;
    context.setLineDash(curved ? dash : []);
    context.beginPath();
    for (const edge of edges) trace(context, placement.points, placement.start[edge]!, placement.start[edge + 1]!, curved, placement.direction === "horizontal");
    context.stroke();
    if (camera.scale >= 0.35) for (const edge of edges) arrowHead(context, placement.points, placement.start[edge + 1]!, placement.direction === "horizontal", style);
  }
  context.globalAlpha = 1;
  context.setLineDash([]);
}

interface EdgeFacts {
  /** left, top, right, bottom of each edge */
  bounds: Float32Array;
  /** 1 for edges of planned nodes and artifacts, and into another lane: drawn dashed */
  dashed: Uint8Array;
}

const known = new WeakMap<Placement, EdgeFacts>();

function factsOf({ scene, placement }: Picture): EdgeFacts {
  const found = known.get(placement);
  if (found) return found;
  const cardOf = (box: number) => scene.cards[scene.boxes[box]!.cards[0]!]!;
  const dashed = Uint8Array.from(scene.from, (tail, edge) => {
    const [from, to] = [cardOf(tail), cardOf(scene.to[edge]!)];
    return from.kind !== "node" || to.kind !== "node" || from.lane !== to.lane ? 1 : 0;
  });
  const facts = { bounds: boundsOf(placement, scene.from.length), dashed };
  known.set(placement, facts);
  return facts;
}

function boundsOf({ points, start }: Placement, count: number): Float32Array {
  const bounds = new Float32Array(4 * count);
  for (let edge = 0; edge < count; edge += 1) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let at = start[edge]!; at < start[edge + 1]!; at += 1) {
      left = Math.min(left, points[2 * at]!);
      right = Math.max(right, points[2 * at]!);
      top = Math.min(top, points[2 * at + 1]!);
      bottom = Math.max(bottom, points[2 * at + 1]!);
    }
    bounds.set([left, top, right, bottom], 4 * edge);
  }
  return bounds;
}

export interface Tracer {
  moveTo(x: number, y: number): void;
  lineTo(x: number, y: number): void;
  bezierCurveTo(x1: number, y1: number, x2: number, y2: number, x: number, y: number): void;
}

/** Legs 0→1, 2→3, … are straight, 1→2, 3→4, … curved. */
export function trace(to: Tracer, points: Float32Array, start: number, end: number, curved: boolean, horizontal: boolean): void {
  to.moveTo(points[2 * start]!, points[2 * start + 1]!);
  for (let at = start + 1; at < end; at += 1) {
    const x = points[2 * at]!;
    const y = points[2 * at + 1]!;
    const fromX = points[2 * at - 2]!;
    const fromY = points[2 * at - 1]!;
    if ((at - start) % 2 === 1 || !curved) {
      if (x !== fromX || y !== fromY) to.lineTo(x, y);
    } else if (horizontal) to.bezierCurveTo((fromX + x) / 2, fromY, (fromX + x) / 2, y, x, y);
    else to.bezierCurveTo(fromX, (fromY + y) / 2, x, (fromY + y) / 2, x, y);
  }
}

function arrowHead(context: CanvasRenderingContext2D, points: Float32Array, end: number, horizontal: boolean, style: string): void {
  const x = points[2 * end - 2]!;
  const y = points[2 * end - 1]!;
  context.fillStyle = style;
  context.beginPath();
  context.moveTo(x, y);
  if (horizontal) {
    context.lineTo(x - 7, y - 4);
    context.lineTo(x - 7, y + 4);
  } else {
    context.lineTo(x - 4, y - 7);
    context.lineTo(x + 4, y - 7);
  }
  context.fill();
}
