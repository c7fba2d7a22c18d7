// Ties the canvas to React: what is to be shown goes in after each change, what the pointer does comes out.

import { useEffect, useRef, useState, type RefObject } from "react";
import type { MinimapScreen } from "./MinimapScreen";
import { Screen, type ScreenEvents, type Shown } from "./Screen";

export function useScreen(
  canvas: RefObject<HTMLCanvasElement | null>,
  minimap: RefObject<MinimapScreen | undefined>,
  shown: Shown | undefined,
  events: Omit<ScreenEvents, "onFrame">,
): RefObject<Screen | undefined> {
  const screen = useRef<Screen>(undefined);
  useEffect(() => {
    if (!canvas.current) return;
    const made = new Screen(canvas.current);
    screen.current = made;
    return () => {
      made.close();
      screen.current = undefined;
    };
  }, [canvas]);
  useEffect(() => {
    if (screen.current) screen.current.events = { ...events, onFrame: (picture) => minimap.current?.draw(picture) };
  });
  useEffect(() => {
    if (shown) screen.current?.show(shown);
  }, [shown]);
  return screen;
}

/** The time, going on every second while `isOn` and the page is seen. */
export function useClock(isOn: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!isOn) return;
    const timer = setInterval(() => !document.hidden && setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [isOn]);
  return now;
}
