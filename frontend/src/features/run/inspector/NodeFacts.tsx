// The facts of a node as a list of terms. The live node has its times to the millisecond.

import type { GraphNode } from "@/shared/api/types";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import { formatDuration, formatExact, millis } from "@/shared/time/format";
import { Duration } from "@/shared/ui/Times";
import type { ReactNode } from "react";
import classes from "./inspector.module.css";
import { inspectorMessages } from "./messages";
import type { NodeDetail } from "./useNodeDetail";

export function NodeFacts({ node, live }: { node: NodeDetail; live: GraphNode }) {
  const t = useMessages(inspectorMessages);
  const language = useLanguage();
  const exact = (time: string | null) => {
    const at = millis(time);
    return at === undefined ? undefined : formatExact(at, language);
  };
  const facts: [string, ReactNode][] = [
    [t.type, node.type],
    [t.template, templateText(node)],
    [t.started, exact(node.startedAt)],
    [t.finished, exact(node.finishedAt)],
    [t.duration, live.startedAt === null ? undefined : <Duration from={live.startedAt} to={live.finishedAt} />],
    [t.estimated, node.estimatedDuration === undefined ? undefined : formatDuration(node.estimatedDuration * 1_000)],
    [t.exitCode, node.outputs?.exitCode],
    [t.host, node.hostNodeName],
    [t.memo, memoText(node, t)],
    [t.resources, resourcesText(node)],
    [t.name, node.name],
    [t.id, node.id],
  ];
  return (
    <dl className={classes.facts}>
      {facts.map(([term, value]) =>
        value === undefined || value === "" ? null : (
          <div key={term} style={{ display: "contents" }}>
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ),
      )}
    </dl>
  );
}

function templateText({ templateName, templateRef }: NodeDetail): string | undefined {
  return templateRef ? `${templateRef.name}/${templateRef.template}` : templateName;
}

function memoText({ memoizationStatus: memo }: NodeDetail, t: { hit: string; miss: string }): string | undefined {
  return memo && `${memo.hit ? t.hit : t.miss} (${memo.cacheName}: ${memo.key})`;
}

// Argo counts seconds × the usual share of each resource.
function resourcesText({ resourcesDuration: used }: NodeDetail): string | undefined {
  return used && Object.entries(used).map(([name, seconds]) => `${name} ${formatDuration(seconds * 1_000)}`).join(", "); // prettier-ignore
}
