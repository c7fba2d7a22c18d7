// The page's colours as values, for canvas and exports: they follow the theme.

import { STATES, type State } from "@/shared/state/states";

export interface Colours {
  state: Record<State, string>;
  surface: string;
  sunken: string;
  line: string;
  text: string;
  dim: string;
  accent: string;
  font: string;
}

export function readColours(): Colours {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim();
  return {
    state: Object.fromEntries(STATES.map((state) => [state, value(`--state-${state}`)])) as Record<State, string>,
    surface: value("--surface"),
    sunken: value("--surface-sunken"),
    line: value("--line"),
    text: value("--text"),
    dim: value("--text-dim"),
    accent: value("--mantine-color-water-filled") || value("--state-running"),
    font: getComputedStyle(document.body).fontFamily,
  };
}
