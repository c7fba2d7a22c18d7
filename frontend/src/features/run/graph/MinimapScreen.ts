// The small picture of the whole graph with a frame around what is seen. The picture of the cards is kept until states
// or places change; moving about redraws the frame only.

import { seen } from "@/shared/graph/camera";
import type { Picture } from "./paint";
import { CARD_HEIGHT, CARD_WIDTH } from "./placement";

export const MINIMAP = { width: 180, height: 110 } as const;
const MARGIN = 6;

export class MinimapScreen {
  private cards: ImageData | undefined;
  private of: unknown[] = [];
  private shift = { scale: 1, x: 0, y: 0 };

  constructor(private readonly canvas: HTMLCanvasElement) {
    const ratio = devicePixelRatio || 1;
    canvas.width = MINIMAP.width * ratio;
    canvas.height = MINIMAP.height * ratio;
  }

  draw(picture: Picture): void {
    const context = this.canvas.getContext("2d", { willReadFrequently: true });
    const area = seen(picture.camera, picture.view);
    const { width, height, lane } = picture.placement;
    const isAllSeen = area.left <= 0 && area.top <= 0 && area.right >= width && area.bottom >= height;
    this.canvas.style.visibility = isAllSeen || picture.scene.cards.length < 8 ? "hidden" : "visible";
    if (!context || isAllSeen) return;
    const of = [picture.placement, picture.states, picture.colours, picture.matches];
    context.setTransform(1, 0, 0, 1, 0, 0);
    if (this.cards && of.every((part, place) => part === this.of[place])) context.putImageData(this.cards, 0, 0);
    else {
      this.of = of;
      this.shift = shiftFor(width, height + (lane ? 16 : 0));
      this.drawCards(context, picture);
      this.cards = context.getImageData(0, 0, this.canvas.width, this.canvas.height);
    }
    this.drawFrame(context, picture, area);
  }

  /** The point of the graph below a point of the small picture. */
  pointAt(x: number, y: number): { x: number; y: number } {
    return { x: (x - this.shift.x) / this.shift.scale, y: (y - this.shift.y) / this.shift.scale };
  }

  private drawCards(context: CanvasRenderingContext2D, { placement, states, colours, matches }: Picture): void {
    const ratio = devicePixelRatio || 1;
    const { scale, x, y } = this.shift;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.globalAlpha = 1;
    context.fillStyle = colours.surface;
    context.fillRect(0, 0, MINIMAP.width, MINIMAP.height);
    for (let card = 0; card < placement.x.length; card += 1) {
      const state = states.state[card];
      context.fillStyle = state ? colours.state[state] : colours.line;
      context.globalAlpha = matches && !matches[card] ? 0.2 : 1;
      const width = Math.max(1.2, CARD_WIDTH * scale);
      context.fillRect(x + placement.x[card]! * scale, y + placement.y[card]! * scale, width, Math.max(1.2, CARD_HEIGHT * scale));
    }
    context.globalAlpha = 1;
  }

  private drawFrame(context: CanvasRenderingContext2D, { colours }: Picture, area: ReturnType<typeof seen>): void {
    const ratio = devicePixelRatio || 1;
    const { scale, x, y } = this.shift;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.strokeStyle = colours.accent;
    context.lineWidth = 1.5;
    const left = Math.max(1, x + area.left * scale);
    const top = Math.max(1, y + area.top * scale);
    const right = Math.min(MINIMAP.width - 1, x + area.right * scale);
    const bottom = Math.min(MINIMAP.height - 1, y + area.bottom * scale);
    context.strokeRect(left, top, Math.max(2, right - left), Math.max(2, bottom - top));
  }
}

function shiftFor(width: number, height: number) {
  const scale = Math.min((MINIMAP.width - 2 * MARGIN) / Math.max(1, width), (MINIMAP.height - 2 * MARGIN) / Math.max(1, height));
  return { scale, x: (MINIMAP.width - width * scale) / 2, y: (MINIMAP.height - height * scale) / 2 };
}
