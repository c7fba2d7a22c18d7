// The names beside the bars: a list to walk with the arrow keys. Only the rows in view are drawn.

import { VisuallyHidden } from "@mantine/core";
import { useEffect, useId, useRef, useState, type KeyboardEvent } from "react";
import { useMessages } from "@/shared/i18n/messages";
import { stateWords } from "@/shared/state/words";
import { formatDuration } from "@/shared/time/format";
import { StateIcon } from "@/shared/ui/StateIcon";
import { timelineMessages } from "./messages";
import { AXIS_HEIGHT, ROW_HEIGHT } from "./paint";
import { endOf, type Bar } from "./segments";
import classes from "./RunTimeline.module.css";

interface Props {
  bars: readonly Bar[];
  scrollTop: number;
  height: number;
  selected: string | undefined;
  critical: ReadonlySet<number> | undefined;
  now: number;
  onSelect: (id: string | undefined) => void;
  onReveal: (row: number) => void;
}

const OVERSCAN = 6;

export function TimelineNames({ bars, scrollTop, height, selected, critical, now, onSelect, onReveal }: Props) {
  const t = useMessages(timelineMessages);
  const words = useMessages(stateWords);
  const id = useId();
  const [active, setActive] = useState<string>();
  const at = bars.findIndex((bar) => bar.node.id === (active ?? selected));
  useRevealOnce(selected, bars, onReveal);
  const first = Math.max(0, Math.floor(scrollTop / ROW_HEIGHT) - OVERSCAN);
  const shown = bars.slice(first, Math.ceil((scrollTop + height) / ROW_HEIGHT) + OVERSCAN);

  const press = (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const to = MOVES[event.key]?.(at, bars.length);
    if (to !== undefined) {
      event.preventDefault();
      const row = Math.max(0, Math.min(bars.length - 1, to));
      setActive(bars[row]?.node.id);
      onReveal(row);
    } else if ((event.key === "Enter" || event.key === " ") && at >= 0) {
      event.preventDefault();
      onSelect(bars[at]!.node.id);
    }
  };
  return (
    <div
      className={classes.names}
      role="listbox"
      aria-label={t.label}
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `${id}-${bars[at]!.node.idx}` : undefined}
      onKeyDown={press}
    >
      {shown.map(({ node, state, segments }, place) => (
        <div
          key={node.idx}
          id={`${id}-${node.idx}`}
          role="option"
          aria-selected={node.id === selected}
          aria-setsize={bars.length}
          aria-posinset={first + place + 1}
          data-active={first + place === at || undefined}
          data-critical={critical?.has(node.idx) || undefined}
          className={classes.option}
          style={{ top: AXIS_HEIGHT + (first + place) * ROW_HEIGHT, height: ROW_HEIGHT }}
          onClick={() => {
            setActive(node.id);
            onSelect(node.id);
          }}
        >
          <StateIcon state={state} size={12} />
          <span className="truncate">{node.displayName}</span>
          <VisuallyHidden>
            {words[state]}
            {segments.map((segment) => `, ${t[segment.kind]} ${formatDuration(endOf(segment, now) - segment.from)}`)}
            {critical?.has(node.idx) ? `, ${t.onPath}` : ""}
          </VisuallyHidden>
        </div>
      ))}
    </div>
  );
}

const MOVES: Record<string, (row: number, count: number) => number> = {
  ArrowDown: (row) => row + 1,
  ArrowUp: (row) => row - 1,
  Home: () => 0,
  End: (_, count) => count - 1,
  PageDown: (row) => row + 15,
  PageUp: (row) => row - 15,
};

function useRevealOnce(selected: string | undefined, bars: readonly Bar[], onReveal: (row: number) => void): void {
  const shown = useRef<string>(undefined);
  useEffect(() => {
    if (shown.current === selected) return;
    const row = bars.findIndex((bar) => bar.node.id === selected);
    if (selected !== undefined && row < 0) return;
    shown.current = selected;
    if (row >= 0) onReveal(row);
  });
}
