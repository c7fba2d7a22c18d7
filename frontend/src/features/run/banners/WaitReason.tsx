// Why a node waits, in words: for whom, for which lock and who holds it, until when.

import { Text } from "@mantine/core";
import type { Waiting } from "@/shared/api/types";
import { useLanguage, useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { formatDuration, formatExact } from "@/shared/time/format";
import { useNow } from "@/shared/time/useNow";
import { nodeWithId } from "../model/tree";
import { pageMessages } from "../page/messages";
import { holderText, lockText } from "./locks";

interface Props {
  waiting: Waiting;
  /** where the nodes that hold a lock are looked up */
  graph: GraphView;
}

export function WaitReason({ waiting, graph }: Props) {
  const t = useMessages(pageMessages);
  switch (waiting.reason) {
    case "person":
      return <>{t.person}</>;
    case "lock":
      return <LockReason waiting={waiting} graph={graph} />;
    case "time":
      return <Until word={t.until} time={waiting.until} more={t.untilAnswered} />;
    case "backoff":
      return <Until word={t.backoff} time={waiting.until} />;
    case "readiness":
      return <>{t.readiness}</>;
    default:
      return <>{t.unknownWait(waiting.reason)}</>;
  }
}

function LockReason({ waiting, graph }: Props) {
  const t = useMessages(pageMessages);
  const holders = (waiting.holders ?? []).map(holderText).map((id) => nodeWithId(graph, id)?.displayName ?? id);
  return (
    <>
      {t.lock}{" "}
      <Text span size="sm" className="mono">
        {lockText(waiting.lock)}
      </Text>
      {holders.length > 0 ? `, ${t.heldBy} ${holders.join(", ")}` : null}
      {waiting.position === undefined ? null : `, ${t.position(waiting.position)}`}
    </>
  );
}

function Until({ word, time, more }: { word: string; time: number | undefined; more?: string }) {
  const language = useLanguage();
  const now = useNow();
  if (time === undefined) return <>{word}</>;
  return (
    <>
      {word} <time dateTime={new Date(time).toISOString()}>{formatExact(time, language)}</time> (
      {formatDuration(Math.max(0, time - now))})
      {more ? `, ${more}` : null}
    </>
  );
}
