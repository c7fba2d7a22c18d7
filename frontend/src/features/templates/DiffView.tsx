// What changed between two revisions of a stored object.

import { Skeleton, Text, VisuallyHidden } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { open } from "@/shared/api/client";
import { useMessages } from "@/shared/i18n/messages";
import { ProblemState } from "@/shared/ui/ProblemState";
import classes from "./code.module.css";
import { diffLines, type DiffLineKind } from "./diff";
import { templateMessages } from "./messages";

const SIGNS: Record<DiffLineKind, string> = { same: "", added: "+", removed: "−", place: "" };

export function DiffView({ path, from, to }: { path: string; from: number; to: number }) {
  const t = useMessages(templateMessages);
  const found = useQuery({
    queryKey: ["stored-diff", path, from, to],
    queryFn: async ({ signal }) => {
      const answer = await open(`${path}/revisions/diff`, { query: { old: from, new: to }, headers: { Accept: "*/*" }, signal });
      return diffLines(await answer.text());
    },
    staleTime: Infinity,
  });
  if (found.error) return <ProblemState problem={found.error} />;
  if (!found.data) return <Skeleton h={120} />;
  if (found.data.length === 0) return <Text className="dim">{t.same}</Text>;
  return (
    <div className={classes.box} role="region" aria-label={`${t.compare}: #${from} → #${to}`} tabIndex={0}>
      <div className={classes.sheet}>
        {found.data.map((line, position) => (
          <div key={position} className={`${classes.line} ${line.kind === "same" ? "" : classes[line.kind]}`}>
            <span className={classes.number}>{line.before}</span>
            <span className={classes.number}>{line.after}</span>
            <span className={classes.sign} aria-hidden="true">
              {SIGNS[line.kind]}
            </span>
            {line.kind === "added" || line.kind === "removed" ? <VisuallyHidden>{t[line.kind]}: </VisuallyHidden> : null}
            <span>{line.text}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
