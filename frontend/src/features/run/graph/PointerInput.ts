// Mouse, pen, fingers and wheel on a canvas, told as what they mean: pan, zoom, press, open, hover.

export interface PointerMeaning {
  pan: (x: number, y: number) => void;
  zoom: (factor: number, x: number, y: number) => void;
  press: (x: number, y: number) => void;
  open: (x: number, y: number) => void;
  hover: (x: number, y: number) => void;
}

type Point = { x: number; y: number };

/** Less is a press with an unsteady hand. */
const DRAG_FROM = 5;
const FAR_OUT = -1e6;

export class PointerInput {
  private readonly held = new Map<number, Point>();
  private readonly abort = new AbortController();
  private hasMoved = false;

  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly meaning: PointerMeaning,
  ) {
    const { signal } = this.abort;
    canvas.addEventListener("pointerdown", this.down, { signal });
    canvas.addEventListener("pointermove", this.move, { signal });
    canvas.addEventListener("pointerup", this.up, { signal });
    canvas.addEventListener("pointercancel", (event) => this.held.delete(event.pointerId), { signal });
    canvas.addEventListener("pointerleave", () => meaning.hover(FAR_OUT, FAR_OUT), { signal });
    canvas.addEventListener("dblclick", (event) => meaning.open(event.offsetX, event.offsetY), { signal });
    canvas.addEventListener("wheel", this.wheel, { signal, passive: false });
  }

  close(): void {
    this.abort.abort();
  }

  private readonly down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    this.canvas.setPointerCapture(event.pointerId);
    if (this.held.size === 0) this.hasMoved = false;
    this.held.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
  };

  private readonly move = (event: PointerEvent): void => {
    const before = this.held.get(event.pointerId);
    const now = { x: event.offsetX, y: event.offsetY };
    if (!before) {
      this.meaning.hover(now.x, now.y);
      return;
    }
    if (!this.hasMoved && distance(before, now) < DRAG_FROM) return;
    this.hasMoved = true;
    const other = [...this.held].find(([id]) => id !== event.pointerId)?.[1];
    this.held.set(event.pointerId, now);
    if (other) {
      this.meaning.zoom(distance(now, other) / Math.max(1, distance(before, other)), (now.x + other.x) / 2, (now.y + other.y) / 2);
      this.meaning.pan((now.x - before.x) / 2, (now.y - before.y) / 2);
    } else this.meaning.pan(now.x - before.x, now.y - before.y);
  };

  private readonly up = (event: PointerEvent): void => {
    if (!this.held.delete(event.pointerId) || this.hasMoved) return;
    this.meaning.press(event.offsetX, event.offsetY);
  };

  // Two fingers on a touchpad pan, pinching (told as ctrl) and a mouse's wheel zoom.
  private readonly wheel = (event: WheelEvent): void => {
    event.preventDefault();
    const isTouchpad = event.deltaMode === 0 && (event.deltaX !== 0 || Math.abs(event.deltaY) < 40);
    if (isTouchpad && !event.ctrlKey) this.meaning.pan(-event.deltaX, -event.deltaY);
    else if (event.shiftKey) this.meaning.pan(-event.deltaY, 0);
    else {
      const amount = event.deltaMode === 0 ? event.deltaY : event.deltaY * 30;
      this.meaning.zoom(Math.exp(-amount * (event.ctrlKey ? 0.01 : 0.0016)), event.offsetX, event.offsetY);
    }
  };
}

function distance(one: Point, other: Point): number {
  return Math.hypot(one.x - other.x, one.y - other.y);
}
