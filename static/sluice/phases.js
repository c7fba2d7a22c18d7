// A phase is always shown as shape, word and colour together.

import { element } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";

// Paths in a box of 16 by 16.
const SHAPES = {
  Pending: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M8 4v4l3 2",
  Running: "M8 1.5a6.5 6.5 0 0 1 6.5 6.5M8 14.5A6.5 6.5 0 0 1 1.5 8",
  Succeeded: "M2.5 8.5l3.5 3.5l7.5-8",
  Skipped: "M2 8h8M7 4.5L10.5 8L7 11.5M13.5 3.5v9",
  Failed: "M3 3l10 10M13 3L3 13",
  Error: "M8 1.5l7 12.5H1zM8 6v4M8 12v.5",
  Omitted: "M8 1.5a6.5 6.5 0 1 0 0 13a6.5 6.5 0 0 0 0-13M3.5 12.5l9-9",
  Waiting: "M5.5 3v10M10.5 3v10",
};

export const FINISHED = new Set(["Succeeded", "Failed", "Error"]);

export function phaseBadge(phase, { waiting = false } = {}) {
  const word = waiting ? "Waiting" : phase || "Pending";
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", SHAPES[word] ?? SHAPES.Pending);
  const shape = document.createElementNS(SVG, "svg");
  shape.setAttribute("viewBox", "0 0 16 16");
  shape.setAttribute("aria-hidden", "true");
  shape.append(path);
  return element("span", { class: `phase phase-${word.toLowerCase()}` }, shape, word);
}
