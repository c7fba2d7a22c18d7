// The graph as an SVG document: the same cards and edges as on the canvas, for files. Pure.

import { SHAPES } from "@/shared/state/shapes";
import { STATES } from "@/shared/state/states";
import type { Shown } from "./Screen";
import { trace, type Tracer } from "./paintEdges";
import { CARD_HEIGHT, CARD_WIDTH } from "./placement";

const MARGIN = 40;
/** About what fits on a card; there is nothing to measure texts with. */
const LETTERS = 22;

export function svgOf(shown: Shown): string {
  const { scene, placement, colours } = shown;
  const width = placement.width + 2 * MARGIN;
  const height = placement.height + 2 * MARGIN;
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${-MARGIN} ${-MARGIN} ${width} ${height}" width="${width}" height="${height}" font-family="${escaped(colours.font)}">`,
    `<rect x="${-MARGIN}" y="${-MARGIN}" width="${width}" height="${height}" fill="${colours.sunken}"/>`,
    ...placement.packs.map((box) => `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" rx="10" fill="${colours.surface}" fill-opacity="0.6" stroke="${colours.line}"/>`),
    ...edgesOf(shown),
    ...scene.cards.map((_, place) => cardOf(shown, place)),
    "</svg>",
  ]; // prettier-ignore
  return parts.join("\n");
}

function edgesOf({ scene, placement, colours }: Shown): string[] {
  return Array.from(scene.from, (_, edge) => {
    const path = new PathText();
    trace(path, placement.points, placement.start[edge]!, placement.start[edge + 1]!, true, placement.direction === "horizontal");
    const isPlanned = scene.cards[scene.boxes[scene.to[edge]!]!.cards[0]!]!.kind !== "node";
    return `<path d="${path.text}" fill="none" stroke="${colours.dim}" stroke-opacity="0.5" stroke-width="1.4"${isPlanned ? ' stroke-dasharray="5 4"' : ""}/>`;
  });
}

class PathText implements Tracer {
  text = "";
  moveTo(x: number, y: number): void {
    this.text += `M${short(x)} ${short(y)}`;
  }
  lineTo(x: number, y: number): void {
    this.text += `L${short(x)} ${short(y)}`;
  }
  bezierCurveTo(...numbers: [number, number, number, number, number, number]): void {
    this.text += `C${numbers.map(short).join(" ")}`;
  }
}

function cardOf({ scene, placement, states, colours, subtitle }: Shown, place: number): string {
  const card = scene.cards[place]!;
  const state = states.state[place];
  const colour = state ? colours.state[state] : colours.dim;
  const dashes = card.kind === "planned" ? ' stroke-dasharray="5 4"' : "";
  const sign = state ? `<path transform="translate(12 14)" d="${SHAPES[state]}" fill="${colour}" fill-rule="evenodd"/>` : "";
  const left = state ? 36 : 14;
  return [
    `<g transform="translate(${short(placement.x[place]!)} ${short(placement.y[place]!)})">`,
    `<title>${escaped(card.label)}${state ? ` (${state})` : ""}</title>`,
    `<rect width="${CARD_WIDTH}" height="${CARD_HEIGHT}" rx="${card.kind === "artifact" ? CARD_HEIGHT / 2 : 6}" fill="${colours.surface}" stroke="${colour}" stroke-width="1.5"${dashes}/>`,
    sign,
    `<text x="${left}" y="${card.folded ? 16 : 19}" font-size="13" fill="${colours.text}">${escaped(cut(card.label))}${card.folded ? ` (${card.children})` : ""}</text>`,
    `<text x="${left}" y="${card.folded ? 30 : 35}" font-size="11" fill="${colours.dim}">${escaped(cut(subtitle(place)))}</text>`,
    ...heatOf(states.heat.get(place), colours.state),
    "</g>",
  ].join("");
}

function heatOf(heat: readonly number[] | undefined, colours: Shown["colours"]["state"]): string[] {
  if (!heat) return [];
  const total = heat.reduce((sum, count) => sum + count, 0);
  let at = 8;
  return heat.map((count, place) => {
    const width = (count / Math.max(1, total)) * (CARD_WIDTH - 16);
    at += width;
    return count === 0 ? "" : `<rect x="${short(at - width)}" y="${CARD_HEIGHT - 8}" width="${short(width)}" height="4" fill="${colours[STATES[place]!]}"/>`;
  });
}

function cut(text: string): string {
  const letters = [...text.slice(0, 4 * LETTERS)];
  return letters.length <= LETTERS ? letters.join("") : `${letters.slice(0, LETTERS - 1).join("")}…`;
}

function short(value: number): number {
  return Math.round(value * 10) / 10;
}

const ENTITIES: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

// Control characters are not allowed in XML, whatever they are written as.
function escaped(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "").replace(/[&<>"]/g, (found) => ENTITIES[found]!);
}
