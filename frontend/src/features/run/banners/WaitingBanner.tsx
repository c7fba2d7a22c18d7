// What a run waits for: approvals with their forms, locks with their holders, and being suspended or stopped.

import { Anchor, Button, Text } from "@mantine/core";
import { useState } from "react";
import type { GraphNode, RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { isFinished } from "@/shared/state/states";
import { TimeAgo } from "@/shared/ui/Times";
import { ApprovalDialog } from "../actions/ApprovalDialog";
import { pageMessages } from "../page/messages";
import { waitingNodes, type WaitingNode } from "../page/waiting";
import { Banner } from "./Banner";
import classes from "./banners.module.css";
import { WaitReason } from "./WaitReason";

const SHOWN = 3;

interface Props {
  run: RunSummary;
  graph: GraphView;
  onSelect: (id: string) => void;
}

export function WaitingBanner({ run, graph, onSelect }: Props) {
  const t = useMessages(pageMessages);
  if (isFinished(run)) return null;
  const waiting = waitingNodes(graph);
  const gates = waiting.filter((one) => one.waiting.reason === "person");
  const locked = waiting.filter((one) => one.waiting.reason === "lock");
  return (
    <>
      {run.sluice.shutdown ? (
        <Banner state="stopping" label={t.stopping}>
          {run.sluice.shutdown === "Stop" ? t.stopping : t.terminating}
        </Banner>
      ) : null}
      {run.sluice.suspended ? (
        <Banner state="suspended" label={t.suspended}>
          {t.suspended}
        </Banner>
      ) : null}
      {gates.length > 0 ? <Gates run={run} graph={graph} gates={gates} onSelect={onSelect} /> : null}
      {locked.length > 0 ? (
        <Banner state="lock" label={t.locksWaited(locked.length)}>
          <Text size="sm" fw={600}>{t.locksWaited(locked.length)}</Text>
          <WaitList graph={graph} waiting={locked} onSelect={onSelect} />
        </Banner>
      ) : null}
    </>
  ); // prettier-ignore
}

function Gates({ run, graph, gates, onSelect }: Props & { gates: WaitingNode[] }) {
  const t = useMessages(pageMessages);
  const [answered, setAnswered] = useState<GraphNode>();
  return (
    <Banner state="approval" label={t.waitsForAnswer(gates.length)}>
      <Text size="sm" fw={600} role="status">
        {t.waitsForAnswer(gates.length)}
      </Text>
      <WaitList graph={graph} waiting={gates} onSelect={onSelect} onAnswer={setAnswered} />
      {answered ? <ApprovalDialog run={run} node={answered} onClose={() => setAnswered(undefined)} /> : null}
    </Banner>
  );
}

interface ListProps {
  graph: GraphView;
  waiting: WaitingNode[];
  onSelect: (id: string) => void;
  onAnswer?: (node: GraphNode) => void;
}

function WaitList({ graph, waiting, onSelect, onAnswer }: ListProps) {
  const t = useMessages(pageMessages);
  const [isOpen, setOpen] = useState(false);
  const shown = isOpen ? waiting.slice(0, 100) : waiting.slice(0, SHOWN);
  return (
    <ul className={classes.list}>
      {shown.map(({ node, waiting: reason }) => (
        <li key={node.id}>
          <Anchor component="button" type="button" size="sm" onClick={() => onSelect(node.id)}>
            {node.displayName}
          </Anchor>
          <Text span size="sm" className="dim">
            {onAnswer ? <>{t.waitsSince} <TimeAgo time={node.startedAt} /></> : <WaitReason waiting={reason} graph={graph} />}
          </Text>
          {onAnswer ? (
            <Button size="compact-xs" aria-label={`${t.answer} ${node.displayName}`} onClick={() => onAnswer(node)}>
              {t.answer}
            </Button>
          ) : null}
        </li>
      ))}
      {shown.length < waiting.length ? (
        <li>
          <Anchor component="button" type="button" size="xs" onClick={() => setOpen(true)}>
            {t.andMore(waiting.length - shown.length)}
          </Anchor>
        </li>
      ) : null}
    </ul>
  ); // prettier-ignore
}
