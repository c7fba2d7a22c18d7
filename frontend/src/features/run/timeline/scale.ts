// From times to places on the timeline and back. Gaps in which nothing is at work can be drawn short, so that a night
// of waiting does not squash a minute of work. Pure.

import { endOf, type Bar } from "./segments";

export interface Gap {
  from: number;
  to: number;
}

/** Piecewise linear: stretches of real time with the width each takes, in pixels from 0 to `width`. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly width: number;
  readonly gaps: readonly Gap[];
  x(time: number): number;
  time(x: number): number;
}

const GAP_PIXELS = 28;
/** only gaps longer than this part of all work are worth a break in the axis */
const LEAST_PART = 0.15;

/** Times between `from` and `to` in which no node is at work: none runs, though some may wait. */
export function idleGaps(bars: readonly Bar[], from: number, to: number, now: number): Gap[] {
  const work = bars
    .flatMap((bar) => bar.segments.filter((segment) => segment.kind === "run"))
    .map((segment): Gap => ({ from: segment.from, to: endOf(segment, now) }))
    .sort((one, other) => one.from - other.from);
  const gaps: Gap[] = [];
  let busyUntil = from;
  for (const { from: start, to: end } of [...work, { from: to, to }]) {
    const gap = { from: Math.max(busyUntil, from), to: Math.min(start, to) };
    if (gap.to > gap.from) gaps.push(gap);
    busyUntil = Math.max(busyUntil, end);
  }
  const busy = to - from - lengthOf(gaps);
  return gaps.filter((gap) => gap.to - gap.from > LEAST_PART * busy);
}

function lengthOf(gaps: readonly Gap[]): number {
  return gaps.reduce((sum, gap) => sum + gap.to - gap.from, 0);
}

/** Gaps must be in order and inside `from`…`to`. */
export function scaleOf(from: number, to: number, width: number, gaps: readonly Gap[]): Scale {
  const idle = lengthOf(gaps);
  const fits = gaps.length > 0 && to - from - idle > 0 && gaps.length * GAP_PIXELS < width / 2;
  const used = fits ? gaps : [];
  const perMs = fits ? (width - gaps.length * GAP_PIXELS) / (to - from - idle) : width / Math.max(1, to - from);
  const knots = knotsOf(from, to, used, perMs);
  return { from, to, width, gaps: used, x: (time) => between(knots, time, 0, 1), time: (x) => between(knots, x, 1, 0) };
}

type Knot = readonly [time: number, x: number];

function knotsOf(from: number, to: number, gaps: readonly Gap[], perMs: number): Knot[] {
  const knots: Knot[] = [[from, 0]];
  const add = (time: number, pixelsPerMs: number) => {
    const [lastTime, lastX] = knots.at(-1)!;
    if (time > lastTime) knots.push([time, lastX + (time - lastTime) * pixelsPerMs]);
  };
  for (const gap of gaps) {
    add(gap.from, perMs);
    add(gap.to, GAP_PIXELS / (gap.to - gap.from));
  }
  add(to, perMs);
  return knots;
}

// Beyond both ends the outermost stretch goes on.
function between(knots: readonly Knot[], value: number, has: 0 | 1, wants: 0 | 1): number {
  let right = 1;
  while (right < knots.length - 1 && knots[right]![has] < value) right += 1;
  const left = knots[right - 1]!;
  const end = knots[right] ?? left;
  const length = end[has] - left[has];
  return left[wants] + (length === 0 ? 0 : ((value - left[has]) / length) * (end[wants] - left[wants]));
}

const STEPS_MS = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 15_000, 30_000, 60_000, 120_000, 300_000, 600_000,
  900_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000, 172_800_000, 604_800_000,
]; // prettier-ignore

/** Times since `origin` to mark on the axis, round and at least `apart` pixels from each other, none inside a gap. */
export function ticksOf(scale: Scale, origin: number, apart: number): number[] {
  const busy = scale.to - scale.from - lengthOf(scale.gaps);
  const step = STEPS_MS.find((size) => (size / busy) * scale.width >= apart) ?? STEPS_MS.at(-1)!;
  const ticks: number[] = [];
  let lastX = -Infinity;
  const stretches = stretchesOf(scale);
  for (const { from, to } of stretches) {
    const first = Math.ceil((from - origin) / step) * step + origin;
    for (let time = first; time <= to && ticks.length < 500; time += step) {
      if (scale.x(time) - lastX < apart) continue;
      lastX = scale.x(time);
      ticks.push(time);
    }
  }
  return ticks;
}

function stretchesOf(scale: Scale): Gap[] {
  const stretches: Gap[] = [];
  let from = scale.from;
  for (const gap of scale.gaps) {
    stretches.push({ from, to: gap.from });
    from = gap.to;
  }
  stretches.push({ from, to: scale.to });
  return stretches;
}
