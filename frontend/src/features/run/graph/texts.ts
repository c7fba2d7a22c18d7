// Texts cut to the width there is, remembered: measuring is the slowest part of drawing.

const MOST = 20_000;
/** More than this never fits on a card. */
const LONGEST = 200;
const known = new Map<string, string>();

type Measurer = Pick<CanvasRenderingContext2D, "measureText" | "font">;

/** The text, or as much of it as fits with "…" behind. Never cuts a character of several code units in two. */
export function fitText(context: Measurer, text: string, width: number): string {
  const key = `${context.font}|${Math.round(width)}|${text}`;
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST) known.clear();
  const fitted = fit(context, text, width);
  known.set(key, fitted);
  return fitted;
}

function fit(context: Measurer, text: string, width: number): string {
  if (text.length <= LONGEST && context.measureText(text).width <= width) return text;
  const letters = [...text.slice(0, LONGEST)];
  let fits = 0;
  let tooMany = letters.length + 1;
  while (tooMany - fits > 1) {
    const middle = (fits + tooMany) >> 1;
    if (context.measureText(`${letters.slice(0, middle).join("")}…`).width <= width) fits = middle;
    else tooMany = middle;
  }
  return `${letters.slice(0, fits).join("")}…`;
}
