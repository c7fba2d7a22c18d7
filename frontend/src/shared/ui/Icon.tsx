// The few icons of the page, drawn as strokes in a box of 24 × 24.

const PATHS = {
  brand: "M4 7h16M4 17h16M9 7v10M15 7v10",
  home: "M4 11l8-7 8 7v9h-6v-6h-4v6H4z",
  runs: "M5 5l14 7-14 7z",
  templates: "M4 4h7v7H4zM13 13h7v7h-7zM13 4h7v7h-7zM4 13h7v7H4z",
  schedules: "M12 3a9 9 0 1 0 .01 0zM12 7v5l3.500 2",
  language: "M12 3a9 9 0 1 0 .01 0zM3 12h18M12 3c-5 5-5 13 0 18M12 3c5 5 5 13 0 18",
  theme: "M12 4a8 8 0 1 0 .01 0zM12 4v16a8 8 0 0 0 0-16z",
  person: "M12 4a4 4 0 1 0 .01 0zM4.500 20c1-5 14-5 15 0",
  search: "M10.500 4a6.500 6.500 0 1 0 .01 0zM15.500 15.500L20 20",
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  close: "M6 6l12 12M18 6L6 18",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  download: "M12 4v11M7 11l5 5 5-5M5 20h14",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  filter: "M4 5h16l-6 7v6l-4 2v-8z",
  chevron: "M9 6l6 6-6 6",
  refresh: "M19 12a7 7 0 1 1-2-5M19 4v4h-4",
  fit: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  pause: "M8 5v14M16 5v14",
  stop: "M6 6h12v12H6z",
  retry: "M5 12a7 7 0 1 0 2-5M5 4v4h4",
  trash: "M5 7h14M9 7V4h6v3M7 7l1 13h8l1-13",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 18 }: { name: IconName; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 24 24" fill="none" stroke="currentColor" strokeWidth={2} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" style={{ flex: "none" }}>
      <path d={PATHS[name]} />
    </svg>
  );
}
