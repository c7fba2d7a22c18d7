// The selected node at the side: what it is, why it waits, its attempts, values and containers, and what can be done.

import { Button, CloseButton, Group, Loader, Text, Title, UnstyledButton } from "@mantine/core";
import { useState, type ReactNode } from "react";
import type { GraphNode, RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import type { GraphView } from "@/shared/live/graphStore";
import { isFinished, stateOfNode } from "@/shared/state/states";
import { Icon } from "@/shared/ui/Icon";
import { ProblemState } from "@/shared/ui/ProblemState";
import { StateBadge } from "@/shared/ui/StateBadge";
import { Duration } from "@/shared/ui/Times";
import { ActionButton } from "../actions/ActionButton";
import { ApprovalForm } from "../actions/ApprovalForm";
import { actionMessages } from "../actions/messages";
import { RetryDialog } from "../actions/RetryDialog";
import { useRefusal } from "../actions/verdict";
import { LongText } from "../banners/LongText";
import { WaitReason } from "../banners/WaitReason";
import { nodeWithId } from "../model/tree";
import type { Workflow } from "../model/useWorkflow";
import { canBeAnswered } from "../page/waiting";
import { attemptsOf, containersOf } from "./attempts";
import classes from "./inspector.module.css";
import { inspectorMessages } from "./messages";
import { NodeFacts } from "./NodeFacts";
import { useNodeDetail, type NodeDetail } from "./useNodeDetail";
import { ValueText } from "./ValueText";

interface Props {
  run: RunSummary;
  graph: GraphView;
  selected: string;
  workflow: Workflow | undefined;
  onSelect: (id: string | undefined) => void;
  onTab: (tab: "logs" | "io") => void;
}

export function NodeInspector(props: Props) {
  const { graph, selected, onSelect } = props;
  const t = useMessages(inspectorMessages);
  const node = nodeWithId(graph, selected);
  return (
    <aside className={classes.inspector} aria-label={t.title}>
      <div className={classes.head}>
        <div className={classes.title}>
          <Title order={2}>{node?.displayName ?? t.title}</Title>
          {node ? <StateBadge state={stateOfNode(node)} /> : null}
        </div>
        <CloseButton aria-label={t.close} onClick={() => onSelect(undefined)} />
      </div>
      <div className={classes.body}>
        {node ? <NodeBody key={node.id} {...props} node={node} /> : <Text size="sm" pt="sm" className="dim">{graph.seq > 0 ? t.unknown : ""}</Text>}
      </div>
    </aside>
  ); // prettier-ignore
}

function NodeBody({ run, graph, node, workflow, onSelect, onTab }: Props & { node: GraphNode }) {
  const t = useMessages(inspectorMessages);
  const detail = useNodeDetail(run.metadata.uid, node.id, node);
  return (
    <>
      <NodeActions run={run} node={node} workflow={workflow} onTab={onTab} />
      {node.waiting ? (
        <Section title={t.waiting}>
          <Text size="sm"><WaitReason waiting={node.waiting} graph={graph} /></Text>
        </Section>
      ) : null}
      {canBeAnswered(node) && !isFinished(run) ? (
        <Section>
          <ApprovalForm run={run} nodeId={node.id} />
        </Section>
      ) : null}
      {node.message ? (
        <Section title={t.message}>
          <Text size="sm" component="div"><LongText text={node.message} /></Text>
        </Section>
      ) : null}
      <NodeList title={t.attempts} nodes={attemptsOf(graph, node)} current={node} onSelect={onSelect} nameOf={(_, place) => t.attempt(place + 1)} />
      <NodeList title={t.containers} nodes={containersOf(graph, node)} current={node} onSelect={onSelect} nameOf={(one) => one.displayName} />
      {detail.error ? <ProblemState problem={detail.error} onRetry={() => void detail.refetch()} /> : null}
      {detail.isLoading ? <Loader size="sm" mt="sm" /> : null}
      {detail.data ? <NodeValues detail={detail.data} /> : null}
      {detail.data ? (
        <Section title={t.summary}>
          <NodeFacts node={detail.data} live={node} />
        </Section>
      ) : null}
    </>
  ); // prettier-ignore
}

function NodeActions({ run, node, workflow, onTab }: Pick<Props, "run" | "workflow" | "onTab"> & { node: GraphNode }) {
  const t = useMessages(inspectorMessages);
  const actions = useMessages(actionMessages);
  const refusal = useRefusal(run);
  const [isAsked, setAsked] = useState(false);
  // A succeeded run refuses the retry as a whole, yet one node of it can be done again.
  const refused = isFinished(run) ? (run.sluice.allowedActions.retry?.code === "missing-right" ? refusal("retry") : undefined) : actions.retryNodeWhen;
  return (
    <Group gap={6} pt="sm">
      <Button variant="default" onClick={() => onTab("logs")}>
        {t.logs}
      </Button>
      <Button variant="default" onClick={() => onTab("io")}>
        {t.io}
      </Button>
      <ActionButton variant="default" refused={refused} onClick={() => setAsked(true)}>
        {actions.retryNode}
      </ActionButton>
      {isAsked ? <RetryDialog run={run} workflow={workflow} node={node} onClose={() => setAsked(false)} /> : null}
    </Group>
  );
}

function NodeValues({ detail }: { detail: NodeDetail }) {
  const t = useMessages(inspectorMessages);
  const { inputs, outputs } = detail;
  return (
    <>
      {inputs?.parameters?.length ? (
        <Section title={t.inputs}>
          {inputs.parameters.map((one) => <ValueText key={one.name} name={one.name} value={one.value ?? one.default} />)}
        </Section>
      ) : null}
      {outputs?.parameters?.length || outputs?.result !== undefined ? (
        <Section title={t.outputs}>
          {(outputs.parameters ?? []).map((one) => <ValueText key={one.name} name={one.name} value={one.value} />)}
          {outputs.result === undefined ? null : <ValueText name={t.result} value={outputs.result} />}
        </Section>
      ) : null}
      {inputs?.artifacts?.length || outputs?.artifacts?.length ? (
        <Section title={t.artifacts}>
          {[...(inputs?.artifacts ?? []), ...(outputs?.artifacts ?? [])].map((one, place) => (
            <Text key={`${place} ${one.name}`} size="sm" className="mono">
              {one.name}
              {one.deleted ? ` (${t.deleted})` : null}
            </Text>
          ))}
        </Section>
      ) : null}
    </>
  ); // prettier-ignore
}

interface ListProps {
  title: string;
  nodes: GraphNode[];
  current: GraphNode;
  onSelect: (id: string) => void;
  nameOf: (node: GraphNode, place: number) => string;
}

function NodeList({ title, nodes, current, onSelect, nameOf }: ListProps) {
  if (nodes.length === 0) return null;
  return (
    <Section title={title}>
      {nodes.map((node, place) => (
        <UnstyledButton
          key={node.id}
          className={classes.row!}
          aria-current={node.id === current.id}
          onClick={() => onSelect(node.id)}
        >
          <StateBadge state={stateOfNode(node)} />
          <Text span size="sm" className="truncate">
            {nameOf(node, place)}
          </Text>
          <Text span size="xs" className="dim" ml="auto">
            <Duration from={node.startedAt} to={node.finishedAt} />
          </Text>
          <Icon name="chevron" size={12} />
        </UnstyledButton>
      ))}
    </Section>
  );
}

function Section({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <section className={classes.section} aria-label={title}>
      {title ? <Title order={3}>{title}</Title> : null}
      {children}
    </section>
  );
}
