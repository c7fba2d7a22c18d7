// Sluice's look: calm, dense, legible. Colours of states are CSS variables in states.css, for canvas and DOM alike.

import { createTheme, type MantineColorsTuple } from "@mantine/core";

const water: MantineColorsTuple = [
  "#eaf6f7", "#d5eaec", "#a9d5d9", "#79bec5", "#52aab3", "#389ea8", "#268f9a", "#1f6f78", "#175f67", "#084d55",
]; // prettier-ignore

// Mantine's dark surfaces and borders, in the hue of states.css.
const dark: MantineColorsTuple = [
  "#e6ecf0", "#c3cdd4", "#a3b0ba", "#8695a0", "#3a4650", "#2e3840", "#1c2428", "#171d21", "#101518", "#0b0f11",
]; // prettier-ignore

export const theme = createTheme({
  primaryColor: "water",
  primaryShade: { light: 7, dark: 6 },
  colors: { water, dark },
  fontFamily:
    'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "PingFang SC", "Hiragino Sans", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace',
  defaultRadius: "sm",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  headings: { fontWeight: "600", sizes: { h1: { fontSize: "1.25rem" }, h2: { fontSize: "1rem" }, h3: { fontSize: "0.875rem" } } },
  cursorType: "pointer",
  components: {
    Button: { defaultProps: { size: "xs" } },
    TextInput: { defaultProps: { size: "xs" } },
    Select: { defaultProps: { size: "xs" } },
    MultiSelect: { defaultProps: { size: "xs" } },
    Textarea: { defaultProps: { size: "xs" } },
    NumberInput: { defaultProps: { size: "xs" } },
    ActionIcon: { defaultProps: { variant: "subtle", color: "gray" } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
    Table: { defaultProps: { verticalSpacing: 4, horizontalSpacing: "sm" } },
  },
});
