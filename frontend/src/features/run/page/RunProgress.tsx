// How far a run is: a bar of its leaves by state, and the same in numbers.

import { useMemo } from "react";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { stateWords } from "@/shared/state/words";
import { StateIcon } from "@/shared/ui/StateIcon";
import { entriesOf } from "../model/counts";
import { pageMessages } from "./messages";
import classes from "./page.module.css";
import { progressOf } from "./progress";

/** The states that stand first in the bar are those that are over. */
const OVER_FIRST = ["succeeded", "failed", "error", "skipped", "omitted"];

export function RunProgress({ graph }: { graph: GraphView }) {
  const t = useMessages(pageMessages);
  const words = useMessages(stateWords);
  const language = useLanguage();
  const { counts, done, all } = useMemo(() => progressOf(graph), [graph]);
  const number = new Intl.NumberFormat(language);
  if (all === 0) return <div className={`dim ${classes.progress}`}>{graph.seq > 0 ? t.noNodes : null}</div>;
  const entries = entriesOf(counts);
  const isOver = ([state]: (typeof entries)[number]) => OVER_FIRST.includes(state);
  const ordered = [...entries.filter(isOver), ...entries.filter((entry) => !isOver(entry))];
  return (
    <div className={classes.progress}>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={t.progress(done, all)}
        aria-valuemin={0}
        aria-valuemax={all}
        aria-valuenow={done}
      >
        {ordered.map(([state, count]) => (
          <span key={state} style={{ flexGrow: count, background: `var(--state-${state})`, opacity: OVER_FIRST.includes(state) ? 1 : 0.45 }} />
        ))}
      </div>
      <span>{t.progress(done, all)}</span>
      <span className={classes.counts}>
        {ordered.map(([state, count]) => (
          <span key={state} className="dim">
            <StateIcon state={state} size={11} /> {number.format(count)} {words[state]}
          </span>
        ))}
      </span>
    </div>
  );
}
