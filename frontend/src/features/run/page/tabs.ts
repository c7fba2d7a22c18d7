// The tabs of the run page, in the order of their number keys.

export const TABS = ["graph", "tree", "timeline", "table", "logs", "io", "events", "manifest"] as const;
export type Tab = (typeof TABS)[number];

export function tabOf(text: string | undefined): Tab {
  return TABS.find((tab) => tab === text) ?? "graph";
}

/** The next of the views of the whole run: graph, tree, timeline, and around. */
export function nextView(tab: Tab): Tab {
  const views: Tab[] = ["graph", "tree", "timeline"];
  return views[(views.indexOf(tab) + 1) % views.length]!;
}
