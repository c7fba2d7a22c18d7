// Draws the graph on a canvas: what is seen of it, in as much detail as can be made out. Colour is never the only sign
// where a card is large enough for more.

import { seen, type Camera, type Size } from "@/shared/graph/camera";
import type { HitGrid } from "@/shared/graph/HitGrid";
import { SHAPES } from "@/shared/state/shapes";
import { STATES, type State } from "@/shared/state/states";
import type { Colours } from "./colours";
import { paintEdges } from "./paintEdges";
import { CARD_HEIGHT, CARD_WIDTH, type Placement } from "./placement";
import type { Card, Scene } from "./scene";
import type { CardStates } from "./states";
import { fitText } from "./texts";

export interface Picture {
  scene: Scene;
  placement: Placement;
  grid: HitGrid;
  states: CardStates;
  colours: Colours;
  camera: Camera;
  view: Size;
  selected: number | undefined;
  hovered: number | undefined;
  /** by place: 1 for cards that a filter lets through; undefined without a filter */
  matches: Uint8Array | undefined;
  /** second line of a card */
  subtitle: (place: number) => string;
  laneTitle: string;
}

const FAR = 0.22;
const NEAR = 0.5;
const FAINT = 0.32;
const ICONS = Object.fromEntries(STATES.map((state) => [state, typeof Path2D === "undefined" ? undefined : new Path2D(SHAPES[state])])) as Record<State, Path2D>;
const ARTIFACT = typeof Path2D === "undefined" ? undefined : new Path2D("M3 1.500h6.500L13 5v9.500H3zM9 2.500V5.500h3z");

export function paint(context: CanvasRenderingContext2D, picture: Picture): void {
  const { camera, colours, view, placement } = picture;
  context.fillStyle = colours.sunken;
  context.fillRect(0, 0, view.width, view.height);
  context.save();
  context.translate(camera.x, camera.y);
  context.scale(camera.scale, camera.scale);
  const area = seen(camera, view);
  paintLane(context, picture);
  paintPacks(context, picture);
  paintEdges(context, picture, area);
  const cards = picture.grid.within(area.left, area.top, area.right, area.bottom);
  if (camera.scale < FAR) paintFar(context, picture, cards);
  else for (const place of cards) paintCard(context, picture, place);
  const marked = [picture.hovered, picture.selected].filter((place) => place !== undefined);
  for (const place of marked) {
    const isSelected = place === picture.selected;
    context.strokeStyle = isSelected ? colours.accent : colours.dim;
    context.lineWidth = (isSelected ? 2.5 : 1.5) / Math.min(1, camera.scale);
    outline(context, placement.x[place]! - 1, placement.y[place]! - 1, CARD_WIDTH + 2, CARD_HEIGHT + 2, 7);
    context.stroke();
  }
  context.restore();
}

function paintLane(context: CanvasRenderingContext2D, { placement, colours, camera, laneTitle }: Picture): void {
  const { lane } = placement;
  if (!lane) return;
  const margin = 14;
  context.fillStyle = colours.surface;
  context.globalAlpha = 0.55;
  outline(context, lane.x - margin, lane.y - margin - 20, lane.width + 2 * margin, lane.height + 2 * margin + 20, 10);
  context.fill();
  context.globalAlpha = 1;
  context.setLineDash([6, 5]);
  context.strokeStyle = colours.line;
  context.lineWidth = 1.5;
  context.stroke();
  context.setLineDash([]);
  if (camera.scale < FAR) return;
  context.fillStyle = colours.dim;
  context.font = `600 12px ${colours.font}`;
  context.textBaseline = "middle";
  context.fillText(laneTitle, lane.x, lane.y - margin - 4);
}

function paintPacks(context: CanvasRenderingContext2D, { placement, colours }: Picture): void {
  for (const { x, y, width, height } of placement.packs) {
    context.fillStyle = colours.surface;
    context.globalAlpha = 0.6;
    outline(context, x, y, width, height, 10);
    context.fill();
    context.globalAlpha = 1;
    context.strokeStyle = colours.line;
    context.lineWidth = 1;
    context.stroke();
  }
}

// Nothing but rectangles, state by state, so that ten thousand take a few milliseconds.
function paintFar(context: CanvasRenderingContext2D, { scene, placement, states, colours, matches, camera }: Picture, cards: readonly number[]): void {
  const groups = new Map<string, number[]>();
  for (const place of cards) {
    const state = states.state[place];
    const colour = state ? colours.state[state] : colours.line;
    const key = matches && !matches[place] ? `faint ${colour}` : colour;
    const group = groups.get(key);
    if (group) group.push(place);
    else groups.set(key, [place]);
  }
  const least = 1.5 / camera.scale;
  const width = Math.max(CARD_WIDTH, least);
  const height = Math.max(CARD_HEIGHT, least);
  for (const [key, group] of groups) {
    const isFaint = key.startsWith("faint ");
    context.fillStyle = isFaint ? key.slice(6) : key;
    context.globalAlpha = isFaint ? FAINT : 1;
    for (const place of group) context.fillRect(placement.x[place]!, placement.y[place]!, width, height);
  }
  context.globalAlpha = 1;
  for (const place of cards) {
    if (scene.cards[place]!.folded) paintHeat(context, states.heat.get(place) ?? [], colours, placement.x[place]!, placement.y[place]! + CARD_HEIGHT * 0.6, CARD_WIDTH, CARD_HEIGHT * 0.4);
  }
}

function paintCard(context: CanvasRenderingContext2D, picture: Picture, place: number): void {
  const { scene, placement, states, colours, matches, camera } = picture;
  const card = scene.cards[place]!;
  const x = placement.x[place]!;
  const y = placement.y[place]!;
  const state = states.state[place];
  context.globalAlpha = matches && !matches[place] ? FAINT : 1;
  if (card.folded) paintStack(context, colours, x, y);
  context.fillStyle = card.kind === "planned" ? colours.sunken : colours.surface;
  outline(context, x, y, CARD_WIDTH, CARD_HEIGHT, card.kind === "artifact" ? CARD_HEIGHT / 2 : 6);
  context.fill();
  context.strokeStyle = state && state !== "skipped" && state !== "omitted" ? colours.state[state] : colours.dim;
  context.lineWidth = state === "running" || state === "failed" || state === "error" || state === "approval" ? 2 : 1.2;
  if (card.kind === "planned") context.setLineDash([5, 4]);
  context.stroke();
  context.setLineDash([]);
  paintSign(context, picture, card, state, x, y);
  if (camera.scale >= NEAR) paintTexts(context, picture, card, place, x, y);
  const heat = states.heat.get(place);
  if (heat) paintHeat(context, heat, colours, x + 8, y + CARD_HEIGHT - 8, CARD_WIDTH - 16, 4);
  context.globalAlpha = 1;
}

function paintStack(context: CanvasRenderingContext2D, colours: Colours, x: number, y: number): void {
  context.fillStyle = colours.surface;
  context.strokeStyle = colours.dim;
  context.lineWidth = 1;
  for (const shift of [6, 3]) {
    outline(context, x + shift, y + shift, CARD_WIDTH, CARD_HEIGHT, 6);
    context.fill();
    context.stroke();
  }
}

function paintSign(context: CanvasRenderingContext2D, { colours, camera }: Picture, card: Card, state: State | undefined, x: number, y: number): void {
  const sign = state ? ICONS[state] : card.kind === "artifact" ? ARTIFACT : undefined;
  if (!sign) return;
  const size = camera.scale >= NEAR ? 16 : 26;
  const shift = card.kind === "artifact" ? 18 : 12;
  context.save();
  context.translate(x + shift, y + (CARD_HEIGHT - size) / 2 - (card.folded && camera.scale >= NEAR ? 3 : 0));
  context.scale(size / 16, size / 16);
  context.fillStyle = state ? colours.state[state] : colours.dim;
  context.fill(sign, "evenodd");
  context.restore();
}

function paintTexts(context: CanvasRenderingContext2D, { colours, subtitle }: Picture, card: Card, place: number, x: number, y: number): void {
  const left = x + (card.kind === "planned" ? 14 : card.kind === "artifact" ? 42 : 36);
  const count = card.children > 0 ? (card.folded ? `+${card.children}` : "−") : "";
  const width = x + CARD_WIDTH - left - 10 - (count ? 10 + count.length * 7 : 0);
  context.textBaseline = "middle";
  context.font = `500 13px ${colours.font}`;
  context.fillStyle = card.kind === "planned" ? colours.dim : colours.text;
  context.fillText(fitText(context, card.label, width), left, y + (card.folded ? 11 : 15));
  context.font = `11px ${colours.font}`;
  context.fillStyle = colours.dim;
  context.fillText(fitText(context, subtitle(place), x + CARD_WIDTH - left - 10), left, y + (card.folded ? 26 : 31));
  if (!count) return;
  context.textAlign = "right";
  context.fillText(count, x + CARD_WIDTH - 9, y + 13);
  context.textAlign = "left";
}

export function paintHeat(context: CanvasRenderingContext2D, heat: readonly number[], colours: Colours, x: number, y: number, width: number, height: number): void {
  const total = heat.reduce((sum, count) => sum + count, 0);
  let at = x;
  heat.forEach((count, place) => {
    if (count === 0) return;
    context.fillStyle = colours.state[STATES[place]!];
    const part = (count / total) * width;
    context.fillRect(at, y, part, height);
    at += part;
  });
}

function outline(context: CanvasRenderingContext2D, x: number, y: number, width: number, height: number, radius: number): void {
  context.beginPath();
  context.roundRect(x, y, width, height, radius);
}
