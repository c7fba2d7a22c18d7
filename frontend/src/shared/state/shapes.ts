// The shape of each state, in a box of 16 × 16, for SVG and canvas (Path2D) alike: colour is never the only sign.

import type { State } from "./states";

export const SHAPES: Record<State, string> = {
  pending: "M8 2a6 6 0 1 0 .01 0zM8 4a4 4 0 1 1-.01 0z",
  running: "M4 2.5v11l9.5-5.5z",
  approval: "M8 1.5l6.5 6.5L8 14.5 1.500 8zM7.200 5v3.600h1.600V5zM7.200 9.700v1.500h1.600V9.700z",
  lock: "M5 7V5.500a3 3 0 0 1 6 0V7h1.500v7h-9V7zM6.500 7h3V5.500a1.500 1.500 0 0 0-3 0z",
  waiting: "M3.500 1.500h9v2L9 8l3.500 4.500v2h-9v-2L7 8 3.500 3.500z",
  suspended: "M3.500 2.500h3.200v11H3.500zM9.300 2.500h3.200v11H9.300z",
  stopping: "M5 2h6l3 3v6l-3 3H5l-3-3V5z",
  succeeded: "M8 1.500a6.500 6.500 0 1 0 .01 0zM4.300 8.200l1.300-1.300 1.700 1.700 3.500-3.600 1.300 1.300-4.800 4.900z",
  failed: "M8 1.500a6.500 6.500 0 1 0 .01 0zM5.100 6.200l1.100-1.100L8 6.900l1.800-1.800 1.100 1.100L9.100 8l1.800 1.800-1.100 1.100L8 9.100l-1.800 1.800-1.100-1.100L6.900 8z",
  error: "M8 1.200L15.300 14H.700zM7.200 5.800v4h1.600v-4zM7.200 10.800v1.500h1.600v-1.500z",
  skipped: "M2.500 3l5 5-5 5zM8.500 3l5 5-5 5z",
  omitted: "M2.500 7h11v2h-11z",
};
