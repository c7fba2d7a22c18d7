// A manifest to read: numbered lines that scroll sideways, drawn only where they are seen.

import { useVirtualizer } from "@tanstack/react-virtual";
import { useMemo, useRef } from "react";
import classes from "./code.module.css";

const LINE_PX = 20;

export function SourceView({ text, label }: { text: string; label: string }) {
  const box = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => text.replace(/\n$/, "").split("\n"), [text]);
  // eslint-disable-next-line react-hooks/incompatible-library -- the list is this component's own, nothing below memoises it
  const list = useVirtualizer({ count: lines.length, getScrollElement: () => box.current, estimateSize: () => LINE_PX, overscan: 30 });
  return (
    <div ref={box} className={classes.box} role="region" aria-label={label} tabIndex={0}>
      <div className={classes.sheet} style={{ height: list.getTotalSize() }}>
        <div style={{ transform: `translateY(${list.getVirtualItems()[0]?.start ?? 0}px)` }}>
          {list.getVirtualItems().map(({ index }) => (
            <div key={index} className={classes.line}>
              <span className={classes.number}>{index + 1}</span>
              <span>{lines[index]}</span>
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
