// The head of the run page: the run's state in words, who started it from what, how far it is, and what can be done.

import { ActionIcon, Anchor, Button, Group, Title, Tooltip } from "@mantine/core";
import { useMemo, useState, type ReactNode } from "react";
import { Link } from "react-router";
import type { GraphNode, RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { useShortcut } from "@/shared/keys/shortcuts";
import type { GraphView } from "@/shared/live/graphStore";
import { isFinished, stateOfRun } from "@/shared/state/states";
import { Icon } from "@/shared/ui/Icon";
import { StateBadge } from "@/shared/ui/StateBadge";
import { Duration, TimeAgo } from "@/shared/ui/Times";
import { ApprovalDialog } from "../actions/ApprovalDialog";
import { RunActions } from "../actions/RunActions";
import type { Workflow } from "../model/useWorkflow";
import { pageMessages } from "./messages";
import { originOf, type Origin } from "./origin";
import classes from "./page.module.css";
import { spanOf } from "./progress";
import type { Pausable } from "./usePausable";
import { canBeAnswered, gatesToCome, waitingNodes } from "./waiting";

interface Props {
  run: RunSummary;
  graph: GraphView;
  workflow: Workflow | undefined;
  pausable: Pausable;
}

export function RunHeader({ run, graph, workflow, pausable }: Props) {
  const t = useMessages(pageMessages);
  return (
    <header className={classes.header}>
      <div className={classes.naming}>
        <Group gap={10}>
          <Title order={1} className={classes.name!}>
            {run.metadata.name}
          </Title>
          <StateBadge state={headlineState(run, graph)} size="lg" />
        </Group>
        <dl className={classes.facts}>
          <Fact term={t.started}>
            <TimeAgo time={run.status.startedAt ?? run.metadata.creationTimestamp} />
          </Fact>
          <RunDuration run={run} graph={graph} />
          {run.sluice.creator ? <Fact term={t.by}>{run.sluice.creator}</Fact> : null}
          <Fact term={t.from}>
            <OriginText origin={originOf(run, workflow)} namespace={run.metadata.namespace} />
          </Fact>
          {run.sluice.attempt > 0 ? <Fact term={t.attempt}>{run.sluice.attempt + 1}</Fact> : null}
          <NextGate run={run} graph={graph} workflow={workflow} />
        </dl>
      </div>
      <Group gap={6} wrap="nowrap">
        {isFinished(run) && !pausable.isPaused ? null : <PauseButton pausable={pausable} />}
        <AnswerButton run={run} graph={graph} />
        <RunActions run={run} workflow={workflow} unanswered={[...graph.nodes.values()].filter(canBeAnswered).length} />
      </Group>
    </header>
  );
}

// What a run needs most that waits for a person.
function AnswerButton({ run, graph }: { run: RunSummary; graph: GraphView }) {
  const t = useMessages(pageMessages);
  const [answered, setAnswered] = useState<GraphNode>();
  const first = isFinished(run) ? undefined : waitingNodes(graph)[0];
  return (
    <>
      {first?.waiting.reason === "person" ? <Button onClick={() => setAnswered(first.node)}>{t.answer}</Button> : null}
      {answered ? <ApprovalDialog run={run} node={answered} onClose={() => setAnswered(undefined)} /> : null}
    </>
  );
}

// A run that only waits for a person is not "running" to those who look at it.
function headlineState(run: RunSummary, graph: GraphView) {
  const state = stateOfRun(run);
  if (state !== "running") return state;
  return waitingNodes(graph)[0]?.waiting.reason === "person" ? "approval" : state;
}

function RunDuration({ run, graph }: { run: RunSummary; graph: GraphView }) {
  const t = useMessages(pageMessages);
  const span = useMemo(() => spanOf(graph), [graph]);
  const from = span.from ?? run.status.startedAt;
  if (from === null) return null;
  return (
    <Fact term={t.duration}>
      <Duration from={from} to={isFinished(run) ? (span.to ?? run.status.finishedAt) : null} />
    </Fact>
  );
}

function Fact({ term, children }: { term: string; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function OriginText({ origin, namespace }: { origin: Origin; namespace: string }) {
  const t = useMessages(pageMessages);
  const [first, ...others] = origin.templates;
  const query = `?namespace=${encodeURIComponent(namespace)}`;
  const parts: ReactNode[] = [];
  if (origin.schedule) {
    parts.push(
      <span key="schedule">
        {t.schedule}{" "}
        <Anchor component={Link} to={`/schedules${query}`} inherit>
          {origin.schedule}
        </Anchor>
      </span>,
    );
  }
  if (origin.again) parts.push(<span key="again">{t.again(origin.again)}</span>);
  if (first) {
    parts.push(
      <span key="template">
        <Anchor component={Link} to={`/templates/${first.kind}/${encodeURIComponent(first.name)}${query}`} inherit>
          {first.name}
        </Anchor>
        {first.revision === undefined ? null : ` (${t.revision(first.revision)})`}
        {others.length > 0 ? ` ${t.moreGates(others.length)}` : null}
      </span>,
    );
  }
  if (parts.length === 0) return t.manifestOnly;
  return parts.flatMap((part, place) => (place === 0 ? [part] : [" · ", part]));
}

function NextGate({ run, graph, workflow }: Omit<Props, "pausable">) {
  const t = useMessages(pageMessages);
  const spec = workflow?.spec;
  const [next, ...others] = useMemo(() => gatesToCome(spec, graph), [spec, graph]);
  if (!next || isFinished(run)) return null;
  return (
    <Fact term={t.nextGate}>
      {next}
      {others.length > 0 ? ` ${t.moreGates(others.length)}` : null}
    </Fact>
  );
}

function PauseButton({ pausable: { isPaused, behind, toggle } }: { pausable: Pausable }) {
  const t = useMessages(pageMessages);
  const label = isPaused ? t.goOnLive : t.pauseLive;
  useShortcut("p", t.shortcuts, t.pauseLive, toggle);
  return (
    <>
      {isPaused ? (
        <span role="status" className="dim">
          {t.frozen(behind)}
        </span>
      ) : null}
      <Tooltip label={label}>
        <ActionIcon variant={isPaused ? "filled" : "default"} color="water" size={30} aria-label={label} aria-pressed={isPaused} onClick={toggle}>
          <Icon name={isPaused ? "runs" : "pause"} size={14} />
        </ActionIcon>
      </Tooltip>
    </>
  );
}
