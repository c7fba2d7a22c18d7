// The nodes of a run as a flat table to sort and filter. The order and the filter stand in the URL.

import { useMediaQuery } from "@mantine/hooks";
import { useDeferredValue, useMemo } from "react";
import { useSearchParams } from "react-router";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { stateOfNode } from "@/shared/state/states";
import { useNow } from "@/shared/time/useNow";
import { EmptyState } from "@/shared/ui/EmptyState";
import { StateBadge } from "@/shared/ui/StateBadge";
import { Duration, TimeAgo } from "@/shared/ui/Times";
import { FilterBar } from "../grid/FilterBar";
import { gridMessages } from "../grid/messages";
import { Panel } from "../grid/Panel";
import { useNodeFilter } from "../grid/useNodeFilter";
import { VirtualGrid, type Column } from "../grid/VirtualGrid";
import { matcherOf } from "../model/filter";
import { nextSorting, sorted, sortingOf, type SortKey } from "./sorting";

interface Props {
  graph: GraphView;
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
}

const COLUMNS: { key: SortKey; width: string; onPhone?: string }[] = [
  { key: "name", width: "minmax(180px, 2fr)", onPhone: "minmax(120px, 1fr)" },
  { key: "state", width: "170px", onPhone: "112px" },
  { key: "type", width: "100px" },
  { key: "template", width: "minmax(100px, 1fr)" },
  { key: "started", width: "120px" },
  { key: "duration", width: "100px", onPhone: "86px" },
];

export default function NodeTable({ graph, selected, onSelect }: Props) {
  const t = useMessages(gridMessages);
  const [filter] = useNodeFilter();
  const wanted = useDeferredValue(filter);
  const [parameters] = useSearchParams();
  const sort = parameters.get("sort");
  const ticking = useNow();
  // only durations go on by themselves: no other order needs the time
  const now = sortingOf(sort).by === "duration" ? ticking : 0;
  const nodes = useMemo(() => {
    const matches = matcherOf(wanted);
    const all = [...graph.nodes.values()];
    return sorted(matches ? all.filter(matches) : all, sortingOf(sort), now);
  }, [graph, wanted, sort, now]);
  const columns = useColumns();

  const cell = (index: number, column: string) => {
    const node = nodes[index];
    if (!node) return null;
    switch (column) {
      case "name":
        return node.displayName;
      case "state":
        return <StateBadge state={stateOfNode(node)} />;
      case "type":
        return <span className="dim">{node.type}</span>;
      case "template":
        return <span className="dim">{node.templateName}</span>;
      case "started":
        return <TimeAgo time={node.startedAt} />;
      case "duration":
        return <Duration from={node.startedAt} to={node.finishedAt} />;
      default:
        return <span className="dim">{node.message}</span>;
    }
  };

  if (graph.nodes.size === 0) return <EmptyState title={t.noNodes}>{t.noNodesHelp}</EmptyState>;
  return (
    <Panel>
      <FilterBar graph={graph} shown={nodes.length} />
      {nodes.length === 0 ? (
        <EmptyState title={t.noMatch}>{t.noMatchHelp}</EmptyState>
      ) : (
        <VirtualGrid
          role="grid"
          label={t.table}
          columns={columns}
          keys={nodes.map((node) => node.id)}
          selected={selected}
          onSelect={(key) => onSelect(String(key))}
          cell={cell}
        />
      )}
    </Panel>
  );
}

function useColumns(): Column[] {
  const t = useMessages(gridMessages);
  const isNarrow = useMediaQuery("(max-width: 48em)") ?? false;
  const [parameters, setParameters] = useSearchParams();
  const sorting = sortingOf(parameters.get("sort"));
  const sortBy = (by: SortKey) => {
    const next = nextSorting(sorting, by);
    setParameters(
      (now) => {
        const changed = new URLSearchParams(now);
        if (next) changed.set("sort", next);
        else changed.delete("sort");
        return changed;
      },
      { replace: true },
    );
  };
  const sortable = COLUMNS.filter((column) => !isNarrow || column.onPhone).map((column): Column => ({
    key: column.key,
    title: t[column.key as Exclude<SortKey, "order">],
    width: (isNarrow && column.onPhone) || column.width,
    sorted: sorting.by === column.key ? (sorting.descending ? "descending" : "ascending") : undefined,
    onSort: () => sortBy(column.key),
  }));
  return isNarrow ? sortable : [...sortable, { key: "message", title: t.message, width: "minmax(120px, 2fr)" }];
}
