// The graph as a file for whoever looks at it: SVG with all details, or PNG as sharp as browsers can make it.

import { fitted } from "@/shared/graph/camera";
import { HitGrid } from "@/shared/graph/HitGrid";
import { paint } from "./paint";
import { CARD_HEIGHT, CARD_WIDTH } from "./placement";
import type { Shown } from "./Screen";
import { svgOf } from "./svg";

/** Browsers refuse canvases of longer sides or more pixels. */
const LONGEST_SIDE = 8_192;
const MARGIN = 40;

export function saveSvg(shown: Shown, name: string): void {
  save(new Blob([svgOf(shown)], { type: "image/svg+xml" }), `${name}.svg`);
}

export async function savePng(shown: Shown, name: string): Promise<void> {
  const drawing = { width: shown.placement.width, height: shown.placement.height };
  const scale = Math.min(2, LONGEST_SIDE / (Math.max(drawing.width, drawing.height) + 2 * MARGIN));
  const view = { width: (drawing.width + 2 * MARGIN) * scale, height: (drawing.height + 2 * MARGIN) * scale };
  const canvas = document.createElement("canvas");
  canvas.width = Math.ceil(view.width);
  canvas.height = Math.ceil(view.height);
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return;
  const camera = { ...fitted(drawing, view), scale, x: MARGIN * scale, y: MARGIN * scale };
  const grid = new HitGrid(shown.placement.x, shown.placement.y, CARD_WIDTH, CARD_HEIGHT);
  paint(context, { ...shown, grid, camera, view, selected: undefined, hovered: undefined });
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png"));
  if (blob) save(blob, `${name}.png`);
}

function save(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1_000);
}
