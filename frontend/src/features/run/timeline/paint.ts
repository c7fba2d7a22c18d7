// Draws the bars in view on a canvas. Colours come from the page's variables, so both themes are followed.

import { formatDuration } from "@/shared/time/format";
import type { State } from "@/shared/state/states";
import type { Scale } from "./scale";
import { ticksOf } from "./scale";
import { endOf, type Bar, type Segment } from "./segments";

export const ROW_HEIGHT = 26;
export const AXIS_HEIGHT = 28;
const BAR_HEIGHT = 14;
const LEAST_WIDTH = 2;
const TICK_PIXELS = 84;

export interface Picture {
  bars: readonly Bar[];
  scale: Scale;
  /** the moment that the axis counts from */
  origin: number;
  now: number;
  scrollTop: number;
  height: number;
  critical: ReadonlySet<number> | undefined;
  selected: string | undefined;
  hovered: number | undefined;
  brush: readonly [number, number] | undefined;
}

export interface Palette {
  text: string;
  line: string;
  surface: string;
  sunken: string;
  accent: string;
  font: string;
  state: (state: State) => string;
}

/** The colours as they stand now; asked for again when the theme changes. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const value = (name: string) => style.getPropertyValue(name).trim();
  const states = new Map<State, string>();
  return {
    text: value("--text-dim"),
    line: value("--line"),
    surface: value("--surface"),
    sunken: value("--surface-sunken"),
    accent: value("--mantine-primary-color-filled"),
    font: `11px ${style.fontFamily}`,
    state: (state) => {
      const known = states.get(state) ?? value(`--state-${state}`);
      states.set(state, known);
      return known;
    },
  };
}

export function paint(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  const { scale, height } = picture;
  context.clearRect(0, 0, scale.width, height);
  paintGaps(context, picture, palette);
  paintGrid(context, picture, palette);
  const first = Math.max(0, Math.floor(picture.scrollTop / ROW_HEIGHT));
  const last = Math.min(picture.bars.length, Math.ceil((picture.scrollTop + height - AXIS_HEIGHT) / ROW_HEIGHT));
  context.save();
  context.beginPath();
  context.rect(0, AXIS_HEIGHT, scale.width, height - AXIS_HEIGHT);
  context.clip();
  for (let row = first; row < last; row += 1) paintRow(context, picture, palette, row);
  context.restore();
  paintAxis(context, picture, palette);
  if (picture.brush) paintBrush(context, picture.brush, height, palette);
}

function paintRow(context: CanvasRenderingContext2D, picture: Picture, palette: Palette, row: number): void {
  const bar = picture.bars[row]!;
  const top = AXIS_HEIGHT + row * ROW_HEIGHT - picture.scrollTop;
  if (bar.node.id === picture.selected || row === picture.hovered) {
    context.globalAlpha = bar.node.id === picture.selected ? 0.16 : 0.07;
    context.fillStyle = palette.accent;
    context.fillRect(0, top, picture.scale.width, ROW_HEIGHT);
  }
  const isOnPath = picture.critical?.has(bar.node.idx) ?? false;
  context.globalAlpha = picture.critical && !isOnPath ? 0.35 : 1;
  for (const segment of bar.segments) paintSegment(context, picture, palette, bar, segment, top);
  context.globalAlpha = 1;
  if (isOnPath) {
    const [from, to] = span(picture, bar.segments[0]!.from, endOf(bar.segments.at(-1)!, picture.now));
    context.fillStyle = palette.accent;
    context.fillRect(from, top + ROW_HEIGHT - 4, to - from, 2);
  }
}

// Each kind has a form of its own: a line, hatching, a filled bar.
function paintSegment(context: CanvasRenderingContext2D, picture: Picture, palette: Palette, bar: Bar, segment: Segment, top: number): void {
  const [from, to] = span(picture, segment.from, endOf(segment, picture.now));
  if (to < 0 || from > picture.scale.width) return;
  const y = top + (ROW_HEIGHT - BAR_HEIGHT) / 2;
  const colour = palette.state(bar.state);
  if (segment.kind === "before") {
    context.fillStyle = palette.text;
    context.fillRect(from, y + BAR_HEIGHT / 2 - 0.5, to - from, 1);
    context.fillRect(from, y + 3, 1, BAR_HEIGHT - 6);
    return;
  }
  context.fillStyle = colour;
  context.strokeStyle = colour;
  if (segment.kind === "run") {
    context.beginPath();
    context.roundRect(from, y, to - from, BAR_HEIGHT, 3);
    context.fill();
    return;
  }
  hatch(context, from, y, to - from);
}

function hatch(context: CanvasRenderingContext2D, x: number, y: number, width: number): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, BAR_HEIGHT);
  context.clip();
  context.lineWidth = 1.5;
  context.beginPath();
  const end = Math.min(x + width, context.canvas.width);
  for (let at = Math.max(x, -BAR_HEIGHT) - BAR_HEIGHT; at < end; at += 6) {
    context.moveTo(at, y + BAR_HEIGHT);
    context.lineTo(at + BAR_HEIGHT, y);
  }
  context.stroke();
  context.restore();
  context.lineWidth = 1;
  context.strokeRect(x + 0.5, y + 0.5, Math.max(1, width - 1), BAR_HEIGHT - 1);
}

function span(picture: Picture, from: number, to: number): [number, number] {
  const left = Math.max(-10, picture.scale.x(from));
  return [left, Math.max(left + LEAST_WIDTH, Math.min(picture.scale.width + 10, picture.scale.x(to)))];
}

function paintGaps(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  context.fillStyle = palette.sunken;
  context.strokeStyle = palette.line;
  context.setLineDash([3, 3]);
  for (const gap of picture.scale.gaps) {
    const from = Math.round(picture.scale.x(gap.from));
    const to = Math.round(picture.scale.x(gap.to));
    context.fillRect(from, AXIS_HEIGHT, to - from, picture.height);
    for (const x of [from, to]) line(context, x, AXIS_HEIGHT, x, picture.height);
  }
  context.setLineDash([]);
}

function paintGrid(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  context.strokeStyle = palette.line;
  context.lineWidth = 1;
  for (const time of ticksOf(picture.scale, picture.origin, TICK_PIXELS)) {
    const x = Math.round(picture.scale.x(time));
    line(context, x, AXIS_HEIGHT, x, picture.height);
  }
}

function paintAxis(context: CanvasRenderingContext2D, picture: Picture, palette: Palette): void {
  context.fillStyle = palette.surface;
  context.fillRect(0, 0, picture.scale.width, AXIS_HEIGHT);
  context.font = palette.font;
  context.textBaseline = "middle";
  context.fillStyle = palette.text;
  for (const time of ticksOf(picture.scale, picture.origin, TICK_PIXELS)) {
    const x = picture.scale.x(time);
    if (x > picture.scale.width - 40) continue;
    context.fillText(tickText(time - picture.origin), x + 3, AXIS_HEIGHT / 2);
  }
  for (const gap of picture.scale.gaps) {
    const middle = (picture.scale.x(gap.from) + picture.scale.x(gap.to)) / 2;
    context.fillRect(middle - 5, AXIS_HEIGHT / 2, 2, 2);
    context.fillRect(middle, AXIS_HEIGHT / 2, 2, 2);
    context.fillRect(middle + 5, AXIS_HEIGHT / 2, 2, 2);
  }
  context.strokeStyle = palette.line;
  line(context, 0, AXIS_HEIGHT - 1, picture.scale.width, AXIS_HEIGHT - 1);
}

// Parts of a second stay visible however late it is: else neighbours would read the same.
function tickText(after: number): string {
  if (after === 0) return "0";
  return after >= 10_000 && after % 1_000 !== 0 ? `+${(after / 1_000).toFixed(1)}s` : `+${formatDuration(after)}`;
}

function paintBrush(context: CanvasRenderingContext2D, brush: readonly [number, number], height: number, palette: Palette): void {
  const left = Math.min(...brush);
  const width = Math.abs(brush[1] - brush[0]);
  context.fillStyle = palette.accent;
  context.globalAlpha = 0.18;
  context.fillRect(left, 0, width, height);
  context.globalAlpha = 1;
  context.strokeStyle = palette.accent;
  context.strokeRect(left + 0.5, 0.5, width, height - 1);
}

function line(context: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(fromX + 0.5, fromY + 0.5);
  context.lineTo(toX + 0.5, toY + 0.5);
  context.stroke();
}
