// Where a line of a text is.

/** Offsets of line `line` (from 1) without its end, and the share of the text's lines above it. */
export function rangeOfLine(text: string, line: number): { start: number; end: number; share: number } {
  const lines = text.split("\n");
  const before = Math.min(Math.max(line, 1), lines.length) - 1;
  const start = lines.slice(0, before).reduce((sum, one) => sum + one.length + 1, 0);
  return { start, end: start + lines[before]!.length, share: before / lines.length };
}
