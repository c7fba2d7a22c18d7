// What is below a folded node: how many in which state.

import { VisuallyHidden } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { stateWords } from "@/shared/state/words";
import { StateIcon } from "@/shared/ui/StateIcon";
import { entriesOf, type Counts } from "../model/counts";
import classes from "./RunTree.module.css";

export function BelowCounts({ counts }: { counts: Counts }) {
  const words = useMessages(stateWords);
  return (
    <span className={classes.counts}>
      {entriesOf(counts).map(([state, count]) => (
        <span key={state} className={classes.count} style={{ color: `var(--state-${state})` }}>
          <StateIcon state={state} size={11} />
          {count}
          <VisuallyHidden>{words[state]}</VisuallyHidden>
        </span>
      ))}
    </span>
  );
}
