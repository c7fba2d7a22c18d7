// The nodes of a run as a tree: the keyboard's and the screen reader's twin of the graph.

import { Button } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useDeferredValue, useMemo, useState } from "react";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { stateOfNode } from "@/shared/state/states";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Icon } from "@/shared/ui/Icon";
import { StateBadge } from "@/shared/ui/StateBadge";
import { StateIcon } from "@/shared/ui/StateIcon";
import { Duration } from "@/shared/ui/Times";
import { FilterBar } from "../grid/FilterBar";
import { gridMessages } from "../grid/messages";
import { Panel } from "../grid/Panel";
import { useNodeFilter } from "../grid/useNodeFilter";
import { VirtualGrid, type Column } from "../grid/VirtualGrid";
import { countsBelow } from "../model/counts";
import { matcherOf } from "../model/filter";
import { nodeWithId } from "../model/tree";
import { BelowCounts } from "./BelowCounts";
import { allOpen, openTo, sideways, treeRows, type TreeRow } from "./rows";
import classes from "./RunTree.module.css";

interface Props {
  graph: GraphView;
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
}

type Openings = ReadonlyMap<number, boolean>;

export default function RunTree({ graph, selected, onSelect }: Props) {
  const t = useMessages(gridMessages);
  const [filter] = useNodeFilter();
  const wanted = useDeferredValue(filter);
  const [openings, setOpenings] = useOpenings(graph, selected);
  const rows = useMemo(() => treeRows(graph, openings, matcherOf(wanted)), [graph, openings, wanted]);
  const counts = useMemo(() => countsBelow(graph), [graph]);
  const columns = useColumns();
  const toggle = (row: TreeRow) => setOpenings(new Map([...openings, [row.node.idx, !row.isOpen]]));

  const cell = (index: number, column: string) => {
    const row = rows[index];
    if (!row) return null;
    switch (column) {
      case "name":
        return <NameCell row={row} counts={row.isOpen === false ? counts.get(row.node.idx) : undefined} onToggle={() => toggle(row)} />;
      case "state":
        return <StateBadge state={stateOfNode(row.node)} />;
      case "template":
        return <span className="dim">{row.node.templateName}</span>;
      case "duration":
        return <Duration from={row.node.startedAt} to={row.node.finishedAt} />;
      default:
        return <span className="dim">{row.node.message}</span>;
    }
  };

  if (graph.nodes.size === 0) return <EmptyState title={t.noNodes}>{t.noNodesHelp}</EmptyState>;
  return (
    <Panel>
      <FilterBar graph={graph} shown={matcherOf(wanted) ? countMatching(graph, wanted) : graph.nodes.size}>
        <Button variant="default" onClick={() => setOpenings(allOpen(graph, true))}>
          {t.expandAll}
        </Button>
        <Button variant="default" onClick={() => setOpenings(allOpen(graph, false))}>
          {t.collapseAll}
        </Button>
      </FilterBar>
      {rows.length === 0 ? (
        <EmptyState title={t.noMatch}>{t.noMatchHelp}</EmptyState>
      ) : (
        <VirtualGrid
          role="treegrid"
          label={t.tree}
          columns={columns}
          keys={rows.map((row) => row.node.id)}
          selected={selected}
          onSelect={(key) => onSelect(String(key))}
          cell={cell}
          aria={(index) => ariaOf(rows[index])}
          onKey={(event, index) => {
            const row = rows[index];
            if (!row || (event.key !== "ArrowLeft" && event.key !== "ArrowRight")) return false;
            const to = sideways(rows, index, event.key);
            if (to === "toggle") toggle(row);
            return typeof to === "number" ? to : true;
          }}
        />
      )}
    </Panel>
  );
}

// What somebody opened or closed. A node selected elsewhere is made visible once; then it may be folded away again.
function useOpenings(graph: GraphView, selected: string | undefined): [Openings, (openings: Openings) => void] {
  const [state, setState] = useState<{ openings: Openings; shown: string | undefined }>({ openings: new Map(), shown: undefined });
  const node = nodeWithId(graph, selected);
  let openings = state.openings;
  if (node && state.shown !== selected) {
    openings = openTo(graph, openings, node.idx);
    setState({ openings, shown: selected });
  }
  return [openings, (next) => setState({ openings: next, shown: selected })];
}

function useColumns(): Column[] {
  const t = useMessages(gridMessages);
  const isNarrow = useMediaQuery("(max-width: 48em)");
  const name = { key: "name", title: t.name, width: isNarrow ? "minmax(130px, 1fr)" : "minmax(260px, 3fr)" };
  const state = { key: "state", title: t.state, width: isNarrow ? "112px" : "170px" };
  const duration = { key: "duration", title: t.duration, width: isNarrow ? "76px" : "100px" };
  if (isNarrow) return [name, state, duration];
  return [
    name,
    state,
    duration,
    { key: "template", title: t.template, width: "minmax(100px, 1fr)" },
    { key: "message", title: t.message, width: "minmax(120px, 2fr)" },
  ];
}

function NameCell({ row, counts, onToggle }: { row: TreeRow; counts: Parameters<typeof BelowCounts>[0]["counts"] | undefined; onToggle: () => void }) {
  return (
    <div className={classes.name} style={{ paddingInlineStart: Math.min(row.level - 1, 12) * 16 }}>
      <span
        className={classes.twisty}
        data-open={row.isOpen}
        aria-hidden="true"
        onClick={(event) => {
          if (row.isOpen === undefined) return;
          event.stopPropagation();
          onToggle();
        }}
      >
        {row.isOpen === undefined ? null : <Icon name="chevron" size={14} />}
      </span>
      <StateIcon state={stateOfNode(row.node)} />
      <span className="truncate">{row.node.displayName}</span>
      {counts ? <BelowCounts counts={counts} /> : null}
    </div>
  );
}

function ariaOf(row: TreeRow | undefined) {
  if (!row) return {};
  return {
    "aria-level": row.level,
    "aria-setsize": row.setSize,
    "aria-posinset": row.place,
    ...(row.isOpen === undefined ? {} : { "aria-expanded": row.isOpen }),
  };
}

function countMatching(graph: GraphView, filter: Parameters<typeof matcherOf>[0]): number {
  const matches = matcherOf(filter);
  let count = 0;
  for (const node of graph.nodes.values()) if (!matches || matches(node)) count += 1;
  return count;
}
