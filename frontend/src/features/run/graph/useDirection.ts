// Whether the graph runs from left to right or from top to bottom: as somebody chose, else as the window is shaped.

import { useState } from "react";
import type { Direction } from "./placement";

const STORED = "sluice.graphDirection";

export function useDirection(): [Direction, (direction: Direction) => void] {
  const [direction, setDirection] = useState<Direction>(() => {
    const stored = localStorage.getItem(STORED);
    if (stored === "horizontal" || stored === "vertical") return stored;
    return innerWidth < innerHeight ? "vertical" : "horizontal";
  });
  const choose = (chosen: Direction) => {
    localStorage.setItem(STORED, chosen);
    setDirection(chosen);
  };
  return [direction, choose];
}
