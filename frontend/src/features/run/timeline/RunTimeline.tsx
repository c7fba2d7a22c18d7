// When each node of a run waited and worked. Names stand as a list on the left, for keyboard and screen reader; bars
// are drawn beside them.

import { useElementSize, useMergedRef } from "@mantine/hooks";
import { useMemo, useRef, useState } from "react";
import { useSearchParams } from "react-router";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { useNow } from "@/shared/time/useNow";
import { EmptyState } from "@/shared/ui/EmptyState";
import { Panel } from "../grid/Panel";
import { BarFacts } from "./BarFacts";
import { criticalPath } from "./critical";
import { timelineMessages } from "./messages";
import { AXIS_HEIGHT, ROW_HEIGHT } from "./paint";
import { clamped, parseRange, rangeText, type Range } from "./range";
import { idleGaps, scaleOf } from "./scale";
import { barsOf, extentOf, type Bar } from "./segments";
import { TimeCanvas } from "./TimeCanvas";
import { TimelineBar } from "./TimelineBar";
import { TimelineNames } from "./TimelineNames";
import classes from "./RunTimeline.module.css";

interface Props {
  graph: GraphView;
  selected: string | undefined;
  onSelect: (id: string | undefined) => void;
}

export default function RunTimeline({ graph, selected, onSelect }: Props) {
  const t = useMessages(timelineMessages);
  const bars = useMemo(() => barsOf(graph), [graph]);
  const ticking = useNow();
  const goesOn = bars.some((bar) => bar.node.finishedAt === null);
  const extent = extentOf(bars, ticking);
  if (!extent) return <EmptyState title={t.nothing}>{t.nothingHelp}</EmptyState>;
  return <Chart graph={graph} bars={bars} extent={extent} now={goesOn ? ticking : extent[1]} selected={selected} onSelect={onSelect} />;
}

function Chart({ graph, bars, extent, now, selected, onSelect }: Props & { bars: readonly Bar[]; extent: Range; now: number }) {
  const t = useMessages(timelineMessages);
  const [showsPath, setShowsPath] = useState(false);
  const [compresses, setCompresses] = useState(true);
  const [scrollTop, setScrollTop] = useState(0);
  const [hovered, setHovered] = useState<number>();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: sizeRef, height } = useElementSize();
  const scrollerRef = useMergedRef(scroller, sizeRef);
  const { ref: placeRef, width } = useElementSize();
  const [wanted, setRange] = useRange(extent);
  const range = wanted ?? extent;
  const critical = useMemo(() => (showsPath ? criticalPath(graph) : undefined), [graph, showsPath]);
  const gaps = compresses ? idleGaps(bars, range[0], range[1], now) : [];
  const scale = scaleOf(range[0], range[1], Math.max(40, width), gaps);
  const facts = bars[hovered ?? -1] ?? bars.find((bar) => bar.node.id === selected);
  return (
    <Panel>
      <TimelineBar
        extent={extent}
        range={wanted}
        onRange={setRange}
        showsPath={showsPath}
        onPath={setShowsPath}
        compresses={compresses}
        onCompress={setCompresses}
      />
      <div ref={scrollerRef} className={classes.scroller} onScroll={(event) => setScrollTop(event.currentTarget.scrollTop)}>
        <div className={classes.content} style={{ height: AXIS_HEIGHT + bars.length * ROW_HEIGHT }}>
          <TimelineNames
            bars={bars}
            scrollTop={scrollTop}
            height={height}
            selected={selected}
            critical={critical}
            now={now}
            onSelect={onSelect}
            onReveal={(row) => revealRow(scroller.current, row)}
          />
          <div ref={placeRef} className={classes.place}>
            <TimeCanvas
              label={t.chart}
              bars={bars}
              scale={scale}
              origin={extent[0]}
              now={now}
              scrollTop={scrollTop}
              height={Math.max(AXIS_HEIGHT, height)}
              critical={critical}
              selected={selected}
              hovered={hovered}
              onHover={setHovered}
              onPick={(row) => onSelect(bars[row]?.node.id)}
              onBrush={(brushed) => setRange(clamped(brushed, extent))}
            />
          </div>
        </div>
      </div>
      <BarFacts bar={facts} origin={extent[0]} now={now} isOnPath={facts ? (critical?.has(facts.node.idx) ?? false) : false} />
    </Panel>
  );
}

// The range stands in the URL, as all that is seen does.
function useRange(extent: Range): [Range | undefined, (range: Range | undefined) => void] {
  const [parameters, setParameters] = useSearchParams();
  const parsed = parseRange(parameters.get("time"), extent[0]);
  const set = (range: Range | undefined) =>
    setParameters(
      (now) => {
        const next = new URLSearchParams(now);
        if (range) next.set("time", rangeText(range, extent[0]));
        else next.delete("time");
        return next;
      },
      { replace: true },
    );
  return [parsed && clamped(parsed, extent), set];
}

function revealRow(scroller: HTMLElement | null, row: number): void {
  if (!scroller) return;
  const top = row * ROW_HEIGHT;
  const room = scroller.clientHeight - AXIS_HEIGHT - ROW_HEIGHT;
  if (top < scroller.scrollTop) scroller.scrollTop = top;
  else if (top > scroller.scrollTop + room) scroller.scrollTop = top - room;
}
