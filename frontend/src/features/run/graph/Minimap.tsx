// The overview in the corner: press or drag to move the view there.

import { useEffect, useRef, type PointerEvent, type RefObject } from "react";
import { MinimapScreen } from "./MinimapScreen";
import classes from "./RunGraph.module.css";

interface Props {
  label: string;
  screenRef: RefObject<MinimapScreen | undefined>;
  onMove: (x: number, y: number) => void;
}

export function Minimap({ label, screenRef, onMove }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current) screenRef.current = new MinimapScreen(canvas.current);
    return () => {
      screenRef.current = undefined;
    };
  }, [screenRef]);
  const go = (event: PointerEvent<HTMLCanvasElement>) => {
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const point = screenRef.current?.pointAt(event.nativeEvent.offsetX, event.nativeEvent.offsetY);
    if (point) onMove(point.x, point.y);
  };
  return <canvas ref={canvas} className={classes["minimap"]} role="img" aria-label={label} onPointerDown={go} onPointerMove={go} />;
}
