// The canvas of the graph: holds the camera, follows pointer and wheel, and repaints at most once per frame when
// something changed. React hands it what to show; not for deciding that.

import { centred, fitted, seen, zoomed, type Camera, type Size } from "@/shared/graph/camera";
import { HitGrid } from "@/shared/graph/HitGrid";
import type { State } from "@/shared/state/states";
import { paint, type Picture } from "./paint";
import { CARD_HEIGHT, CARD_WIDTH } from "./placement";
import { PointerInput } from "./PointerInput";

/** Texts can be read from this scale on; below the other the graph is a pattern of colours. */
const LEGIBLE = 0.62;
const PATTERN = 0.1;
const MARGIN = 24;
/** What the first look goes to, when not all fits. */
const FOCUS: readonly State[] = ["approval", "failed", "error", "running"];

export type Shown = Omit<Picture, "grid" | "camera" | "view" | "hovered">;

export interface ScreenEvents {
  /** a card, or undefined for the empty space */
  onPress: (card: number | undefined) => void;
  onOpen: (card: number) => void;
  onHover: (card: number | undefined, x: number, y: number) => void;
  onFrame: (picture: Picture) => void;
}

export class Screen {
  private readonly context: CanvasRenderingContext2D;
  private readonly observer: ResizeObserver;
  private readonly input: PointerInput;
  private picture: Picture | undefined;
  private camera: Camera = { scale: 1, x: 0, y: 0 };
  private view: Size = { width: 0, height: 0 };
  private hovered: number | undefined;
  private frame = 0;
  /** until somebody moves the view, it shows the whole graph however that grows */
  private isUntouched = true;
  events: ScreenEvents | undefined;

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d");
    if (!context) throw new Error("this browser draws nothing on a canvas");
    this.context = context;
    this.observer = new ResizeObserver(() => this.resize());
    this.observer.observe(canvas);
    this.input = new PointerInput(canvas, {
      pan: (x, y) => this.move({ ...this.camera, x: this.camera.x + x, y: this.camera.y + y }),
      zoom: (factor, x, y) => this.move(zoomed(this.camera, factor, x, y)),
      press: (x, y) => this.events?.onPress(this.cardAt(x, y)),
      open: (x, y) => {
        const card = this.cardAt(x, y);
        if (card !== undefined) this.events?.onOpen(card);
      },
      hover: (x, y) => this.hover(x, y),
    });
  }

  show(shown: Shown): void {
    const isNew = this.picture?.placement !== shown.placement;
    const { x, y } = shown.placement;
    const grid = isNew ? new HitGrid(x, y, CARD_WIDTH, CARD_HEIGHT) : this.picture!.grid;
    if (isNew) this.hovered = undefined;
    this.picture = { ...shown, grid, camera: this.camera, view: this.view, hovered: this.hovered };
    if (isNew && this.isUntouched) this.begin();
    this.repaint();
  }

  fit(): void {
    this.isUntouched = true;
    if (!this.picture || this.view.width === 0) return;
    const { width, height, lane } = this.picture.placement;
    this.camera = fitted({ width, height: height + (lane ? 16 : 0) }, this.view);
    this.repaint();
  }

  /** The whole graph where that can be read or is only a pattern anyway; else, legibly, what matters most in it. */
  private begin(): void {
    this.fit();
    if (!this.picture || this.camera.scale >= LEGIBLE || this.camera.scale < PATTERN) return;
    const { placement, states } = this.picture;
    const card = FOCUS.map((state) => states.state.indexOf(state)).find((place) => place >= 0) ?? 0;
    const { width, height } = this.view;
    const keptIn = (centre: number, extent: number, room: number) =>
      extent * LEGIBLE + 2 * MARGIN <= room
        ? (room - extent * LEGIBLE) / 2
        : Math.min(MARGIN, Math.max(room - MARGIN - extent * LEGIBLE, room / 2 - centre * LEGIBLE));
    this.camera = {
      scale: LEGIBLE,
      x: keptIn(placement.x[card]! + CARD_WIDTH / 2, placement.width, width),
      y: keptIn(placement.y[card]! + CARD_HEIGHT / 2, placement.height, height),
    };
    this.repaint();
  }

  actualSize(): void {
    this.move(zoomed(this.camera, 1 / this.camera.scale, this.view.width / 2, this.view.height / 2));
  }

  zoom(factor: number): void {
    this.move(zoomed(this.camera, factor, this.view.width / 2, this.view.height / 2));
  }

  /** Brings a card into view, in the middle and legible, unless it is well in view already. */
  reveal(card: number): void {
    if (!this.picture) return;
    const x = this.picture.placement.x[card]!;
    const y = this.picture.placement.y[card]!;
    const area = seen(this.camera, this.view);
    const isInView = x >= area.left && x + CARD_WIDTH <= area.right && y >= area.top && y + CARD_HEIGHT <= area.bottom;
    if (isInView && this.camera.scale >= 0.3) return;
    this.move(centred(this.camera, x + CARD_WIDTH / 2, y + CARD_HEIGHT / 2, this.view, Math.max(this.camera.scale, 0.7)));
  }

  centreOn(x: number, y: number): void {
    this.move(centred(this.camera, x, y, this.view));
  }

  repaint(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      if (!this.picture || this.view.width === 0) return;
      this.picture = { ...this.picture, camera: this.camera, view: this.view, hovered: this.hovered };
      const ratio = devicePixelRatio || 1;
      this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
      paint(this.context, this.picture);
      this.events?.onFrame(this.picture);
    });
  }

  close(): void {
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.input.close();
    this.events = undefined;
  }

  private move(camera: Camera): void {
    this.isUntouched = false;
    this.camera = camera;
    this.repaint();
  }

  private hover(x: number, y: number): void {
    const card = this.cardAt(x, y);
    if (card !== this.hovered) {
      this.hovered = card;
      this.canvas.style.cursor = card === undefined ? "grab" : "pointer";
      this.repaint();
    }
    this.events?.onHover(card, x, y);
  }

  private cardAt(x: number, y: number): number | undefined {
    const { scale, x: left, y: top } = this.camera;
    return this.picture?.grid.at((x - left) / scale, (y - top) / scale);
  }

  private resize(): void {
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const ratio = devicePixelRatio || 1;
    this.canvas.width = Math.round(width * ratio);
    this.canvas.height = Math.round(height * ratio);
    this.view = { width, height };
    if (this.isUntouched) this.begin();
    this.repaint();
  }
}
