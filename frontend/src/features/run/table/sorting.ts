// In which order the table shows its nodes. Pure.

import type { GraphNode } from "@/shared/api/types";
import { STATES, stateOfNode } from "@/shared/state/states";

export const SORTABLE = ["order", "name", "state", "type", "template", "started", "duration"] as const;
export type SortKey = (typeof SORTABLE)[number];

export interface Sorting {
  by: SortKey;
  descending: boolean;
}

/** "duration" or "-duration"; whatever else means the order of creation. */
export function sortingOf(text: string | null): Sorting {
  const descending = text?.startsWith("-") ?? false;
  const by = SORTABLE.find((key) => key === text?.replace("-", ""));
  return by ? { by, descending } : { by: "order", descending: false };
}

/** A further click on a column: up, down, and back to the order of creation. */
export function nextSorting(now: Sorting, by: SortKey): string | undefined {
  if (now.by !== by) return by;
  return now.descending ? undefined : `-${by}`;
}

/** Nodes without the value come last either way; among equals the order of creation stands. */
export function sorted(nodes: readonly GraphNode[], { by, descending }: Sorting, now: number): GraphNode[] {
  const value = VALUES[by];
  const collator = new Intl.Collator(undefined, { numeric: true });
  const sign = descending ? -1 : 1;
  return nodes
    .map((node) => ({ node, value: value(node, now) }))
    .sort((one, other) => {
      if (one.value === undefined || other.value === undefined) {
        return Number(one.value === undefined) - Number(other.value === undefined) || one.node.idx - other.node.idx;
      }
      const order =
        typeof one.value === "number" && typeof other.value === "number"
          ? one.value - other.value
          : collator.compare(String(one.value), String(other.value));
      return sign * order || one.node.idx - other.node.idx;
    })
    .map(({ node }) => node);
}

const VALUES: Record<SortKey, (node: GraphNode, now: number) => string | number | undefined> = {
  order: (node) => node.idx,
  name: (node) => node.displayName,
  state: (node) => STATES.indexOf(stateOfNode(node)),
  type: (node) => node.type,
  template: (node) => node.templateName || undefined,
  started: (node) => node.startedAt ?? undefined,
  duration: (node, now) => (node.startedAt === null ? undefined : (node.finishedAt ?? now) - node.startedAt),
};
