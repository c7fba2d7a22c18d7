// The part of a run's time that the timeline shows: zoomed, moved, and written into the URL as milliseconds after the
// start of the run. Pure.

export type Range = readonly [from: number, to: number];

const LEAST_MS = 5;

/** `whole` scaled around its middle and kept inside the bounds; undefined when it would be the whole again. */
export function zoomed(range: Range, bounds: Range, factor: number): Range | undefined {
  const middle = (range[0] + range[1]) / 2;
  const half = Math.max(LEAST_MS / 2, ((range[1] - range[0]) / 2) * factor);
  return clamped([middle - half, middle + half], bounds);
}

/** Moved by a part of its own length. */
export function moved(range: Range, bounds: Range, part: number): Range | undefined {
  const length = range[1] - range[0];
  const from = Math.max(bounds[0], Math.min(bounds[1] - length, range[0] + part * length));
  return clamped([from, from + length], bounds);
}

export function clamped(range: Range, bounds: Range): Range | undefined {
  const from = Math.max(bounds[0], range[0]);
  const to = Math.min(bounds[1], Math.max(range[1], from + LEAST_MS));
  return from <= bounds[0] && to >= bounds[1] ? undefined : [from, to];
}

export function rangeText(range: Range, origin: number): string {
  return `${Math.round(range[0] - origin)}-${Math.round(range[1] - origin)}`;
}

/** undefined for no or a senseless text. */
export function parseRange(text: string | null, origin: number): Range | undefined {
  const found = /^(\d{1,15})-(\d{1,15})$/.exec(text ?? "");
  if (!found) return undefined;
  const range: Range = [origin + Number(found[1]), origin + Number(found[2])];
  return range[1] > range[0] ? range : undefined;
}
