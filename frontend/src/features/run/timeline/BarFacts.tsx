// The node under the pointer, else the selected one, in words.

import { useMessages } from "@/shared/i18n/messages";
import { formatDuration } from "@/shared/time/format";
import { StateBadge } from "@/shared/ui/StateBadge";
import { gridMessages } from "../grid/messages";
import { timelineMessages } from "./messages";
import { endOf, type Bar } from "./segments";
import classes from "./RunTimeline.module.css";

export function BarFacts({ bar, origin, now, isOnPath }: { bar: Bar | undefined; origin: number; now: number; isOnPath: boolean }) {
  const t = useMessages(timelineMessages);
  const words = useMessages(gridMessages);
  if (!bar) return <div className={classes.facts} />;
  return (
    <div className={classes.facts}>
      <strong>{bar.node.displayName}</strong>
      <StateBadge state={bar.state} />
      <span className="dim">
        {words.started} +{formatDuration(bar.node.startedAt! - origin)}
      </span>
      {bar.segments.map((segment) => (
        <span key={segment.kind}>
          {t[segment.kind]} {formatDuration(endOf(segment, now) - segment.from)}
          {segment.kind === "before" ? <span className="dim"> {t.beforeHelp}</span> : null}
        </span>
      ))}
      {isOnPath ? <span className="dim">{t.onPath}</span> : null}
    </div>
  );
}
