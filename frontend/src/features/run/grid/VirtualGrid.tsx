// Rows of a run's tabs: only those in view are drawn, one of them is active for the keyboard. The focus stays on the
// grid itself, so rows may come, go and move while somebody walks through them.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useId, useRef, useState, type AriaAttributes, type KeyboardEvent, type ReactNode } from "react";
import { Icon } from "@/shared/ui/Icon";
import classes from "./VirtualGrid.module.css";

export type RowKey = string | number;

export interface Column {
  key: string;
  title: string;
  /** as in grid-template-columns */
  width: string;
  sorted?: "ascending" | "descending" | undefined;
  onSort?: () => void;
}

interface Props {
  role: "treegrid" | "grid";
  label: string;
  columns: readonly Column[];
  keys: readonly RowKey[];
  selected: RowKey | undefined;
  onSelect: (key: RowKey) => void;
  cell: (index: number, column: string) => ReactNode;
  aria?: (index: number) => AriaAttributes;
  /** Keys beyond moving and selecting; returns the index to move to, or true when it answered the key otherwise. */
  onKey?: (event: KeyboardEvent, index: number) => number | boolean;
}

const ROW_HEIGHT = 30;
const HEADER_HEIGHT = 32;
const PAGE_ROWS = 15;

export function VirtualGrid({ role, label, columns, keys, selected, onSelect, cell, aria, onKey }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const id = useId();
  const [active, setActive] = useActive(selected);
  // the compiler leaves this component alone: what the virtualizer returns changes without telling it
  // eslint-disable-next-line react-hooks/incompatible-library
  const rows = useVirtualizer({
    count: keys.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => keys[index] ?? index,
    scrollMargin: HEADER_HEIGHT,
    scrollPaddingStart: HEADER_HEIGHT,
    overscan: 12,
  });
  const activeIndex = active === undefined ? -1 : keys.indexOf(active);
  useScrollTo(selected, keys, (index) => rows.scrollToIndex(index, { align: "auto" }));

  const move = (index: number) => {
    const key = keys[Math.max(0, Math.min(keys.length - 1, index))];
    if (key === undefined) return;
    setActive(key);
    rows.scrollToIndex(keys.indexOf(key), { align: "auto" });
  };
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.ctrlKey || event.metaKey || event.altKey) return;
    const own = activeIndex >= 0 ? (onKey?.(event, activeIndex) ?? false) : false;
    const to = typeof own === "number" ? own : MOVES[event.key]?.(activeIndex, keys.length);
    if (own === true) event.preventDefault();
    else if (to !== undefined) {
      event.preventDefault();
      move(to);
    } else if ((event.key === "Enter" || event.key === " ") && active !== undefined && activeIndex >= 0) {
      event.preventDefault();
      onSelect(active);
    }
  };

  const template = { gridTemplateColumns: columns.map((column) => column.width).join(" ") };
  return (
    <div
      ref={scroller}
      className={classes.scroller}
      role={role}
      aria-label={label}
      aria-rowcount={keys.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={activeIndex >= 0 ? `${id}-${keys[activeIndex]}` : undefined}
      tabIndex={0}
      onKeyDown={press}
      onFocus={() => activeIndex < 0 && keys[0] !== undefined && setActive(keys[0])}
    >
      <div className={classes.inner}>
        <div role="rowgroup" className={classes.head}>
          <div role="row" aria-rowindex={1} className={classes.row} style={{ ...template, height: HEADER_HEIGHT }}>
            {columns.map((column) => (
              <HeaderCell key={column.key} column={column} />
            ))}
          </div>
        </div>
        <div role="rowgroup" className={classes.body} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => (
            <div
              key={item.key}
              id={`${id}-${keys[item.index]}`}
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={keys[item.index] === selected}
              {...aria?.(item.index)}
              className={classes.row}
              data-active={item.index === activeIndex || undefined}
              style={{ ...template, height: ROW_HEIGHT, transform: `translateY(${item.start - HEADER_HEIGHT}px)`, position: "absolute" }}
              onClick={() => {
                setActive(keys[item.index]!);
                onSelect(keys[item.index]!);
              }}
            >
              {columns.map((column) => (
                <div key={column.key} role="gridcell" className={classes.cell}>
                  {cell(item.index, column.key)}
                </div>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}

const MOVES: Record<string, (index: number, count: number) => number> = {
  ArrowDown: (index) => index + 1,
  ArrowUp: (index) => index - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
  PageDown: (index) => index + PAGE_ROWS,
  PageUp: (index) => index - PAGE_ROWS,
};

function HeaderCell({ column }: { column: Column }) {
  if (!column.onSort) {
    return (
      <div role="columnheader" className={classes.headCell}>
        {column.title}
      </div>
    );
  }
  return (
    <div role="columnheader" aria-sort={column.sorted ?? "none"} className={classes.headCell}>
      <button type="button" className={classes.sort} onClick={column.onSort} data-sorted={column.sorted}>
        {column.title}
        <Icon name="chevron" size={12} />
      </button>
    </div>
  );
}

// The active row follows the selection when that changes, and else goes its own way.
function useActive(selected: RowKey | undefined): [RowKey | undefined, (key: RowKey) => void] {
  const [state, setState] = useState({ active: selected, selected });
  if (state.selected !== selected) setState({ active: selected ?? state.active, selected });
  return [state.active, (active) => setState({ active, selected })];
}

// Once per selection, as soon as its row is there.
function useScrollTo(selected: RowKey | undefined, keys: readonly RowKey[], scrollTo: (index: number) => void): void {
  const shown = useRef<RowKey | undefined>(undefined);
  useEffect(() => {
    if (shown.current === selected) return;
    const index = selected === undefined ? -1 : keys.indexOf(selected);
    if (selected !== undefined && index < 0) return;
    shown.current = selected;
    if (index >= 0) scrollTo(index);
  });
}
