// The bars of the timeline and the pointer on them: hover, click, drag to zoom.

import { useComputedColorScheme } from "@mantine/core";
import { useEffect, useRef, useState, type PointerEvent } from "react";
import { AXIS_HEIGHT, paint, paletteOf, ROW_HEIGHT, type Palette, type Picture } from "./paint";
import type { Range } from "./range";
import classes from "./RunTimeline.module.css";

interface Props extends Omit<Picture, "brush"> {
  label: string;
  onHover: (row: number | undefined) => void;
  onPick: (row: number) => void;
  onBrush: (range: Range) => void;
}

const LEAST_BRUSH_PIXELS = 6;

export function TimeCanvas({ label, onHover, onPick, onBrush, ...picture }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [brush, setBrush] = useState<readonly [number, number]>();
  const palette = useRef<{ scheme: string; palette: Palette }>(undefined);
  const scheme = useComputedColorScheme("light");
  const { width } = picture.scale;
  const { height } = picture;

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d");
    if (!element || !context) return;
    if (palette.current?.scheme !== scheme) palette.current = { scheme, palette: paletteOf(element) };
    const ratio = devicePixelRatio || 1;
    if (element.width !== Math.round(width * ratio) || element.height !== Math.round(height * ratio)) {
      element.width = Math.round(width * ratio);
      element.height = Math.round(height * ratio);
    }
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, { ...picture, brush }, palette.current.palette);
  });

  const rowAt = (event: PointerEvent) => {
    const y = event.nativeEvent.offsetY - AXIS_HEIGHT;
    const row = Math.floor((y + picture.scrollTop) / ROW_HEIGHT);
    return y >= 0 && row < picture.bars.length ? row : undefined;
  };
  const release = (event: PointerEvent) => {
    if (!brush) return;
    setBrush(undefined);
    const [from, to] = [Math.min(...brush), Math.max(...brush)];
    if (to - from >= LEAST_BRUSH_PIXELS) {
      onBrush([picture.scale.time(Math.max(0, from)), picture.scale.time(Math.min(width, to))]);
      return;
    }
    const row = rowAt(event);
    if (row !== undefined) onPick(row);
  };
  return (
    <canvas
      ref={canvas}
      className={classes.canvas}
      style={{ width, height }}
      role="img"
      aria-label={label}
      onPointerDown={(event) => {
        if (event.button !== 0) return;
        // a finger scrolls; only a mouse or pen draws a brush that may leave the canvas
        if (event.pointerType !== "touch") event.currentTarget.setPointerCapture(event.pointerId);
        setBrush([event.nativeEvent.offsetX, event.nativeEvent.offsetX]);
      }}
      onPointerMove={(event) => {
        if (brush) setBrush([brush[0], event.nativeEvent.offsetX]);
        onHover(rowAt(event));
      }}
      onPointerUp={release}
      onPointerCancel={() => setBrush(undefined)}
      onPointerLeave={() => onHover(undefined)}
    />
  );
}
