// Why a run failed: its first failing node, what it said, and the end of what it wrote.

import { Button, Text } from "@mantine/core";
import type { GraphNode, RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { isFinished, stateOfNode, stateOfRun } from "@/shared/state/states";
import { firstFailure } from "../page/failures";
import { pageMessages } from "../page/messages";
import { Banner } from "./Banner";
import classes from "./banners.module.css";
import { LongText } from "./LongText";
import { useLogTail } from "./useLogTail";

const LINES = 6;
const WRITING: ReadonlySet<string> = new Set(["Pod", "Container"]);

interface Props {
  run: RunSummary;
  graph: GraphView;
  onSelect: (id: string) => void;
  onLogs: (id: string) => void;
}

export function FailureBanner({ run, graph, onSelect, onLogs }: Props) {
  const t = useMessages(pageMessages);
  if (!isFinished(run) || run.status.phase === "Succeeded") return null;
  const node = firstFailure(graph);
  if (!node) {
    if (!run.status.message) return null;
    return (
      <Banner state={stateOfRun(run)} label={t.firstFailure}>
        <LongText text={run.status.message} />
      </Banner>
    );
  }
  const writes = WRITING.has(node.type);
  const actions = (
    <>
      <Button variant="default" onClick={() => onSelect(node.id)}>
        {t.showNode}
      </Button>
      {writes ? (
        <Button variant="default" onClick={() => onLogs(node.id)}>
          {t.showLogs}
        </Button>
      ) : null}
    </>
  );
  return (
    <Banner state={stateOfNode(node)} label={t.firstFailure} actions={actions}>
      <Text span size="sm" fw={600}>
        {node.displayName}
      </Text>{" "}
      {node.phase === "Error" ? t.failedAs.Error : t.failedAs.Failed}
      {node.message ? <LongText text={node.message} /> : null}
      {writes ? <LogTail uid={run.metadata.uid} node={node} /> : null}
    </Banner>
  );
}

function LogTail({ uid, node }: { uid: string; node: GraphNode }) {
  const t = useMessages(pageMessages);
  const { data } = useLogTail(uid, node.id, LINES, node.finishedAt !== null);
  if (data === undefined) return null;
  if (data === null) return <Text size="xs" className="dim">{t.longOutput}</Text>; // prettier-ignore
  if (data.length === 0) return <Text size="xs" className="dim">{t.noOutput}</Text>; // prettier-ignore
  return (
    <pre className={`mono ${classes.tail}`} tabIndex={0} aria-label={t.lastLines}>
      {data.join("\n")}
    </pre>
  );
}
