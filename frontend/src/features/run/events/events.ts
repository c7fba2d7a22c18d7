// What happened in a run, in order, as far as its nodes tell it. Pure.
//
// The server keeps no log of its own decisions: a node tells when it was begun and when it ended, its message why, and
// what it waits for now. What happened in between, and what an earlier try of the run did, is not known.

import { millis } from "@/shared/time/format";
import type { GraphNode, RunSummary, Waiting } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { stateOfNode, stateOfRun, isFinished, type State } from "@/shared/state/states";
import { folded } from "../model/filter";

export const EVENT_KINDS = ["created", "started", "waiting", "ended", "passed"] as const;
export type EventKind = (typeof EVENT_KINDS)[number];

export interface RunEvent {
  key: string;
  at: number;
  kind: EventKind;
  /** undefined: the run as a whole */
  node: GraphNode | undefined;
  state: State;
  message: string;
  waiting: Waiting | null;
}

/** Oldest first. `passed` are nodes that the run went past without beginning them. */
export function eventsOf(run: RunSummary | undefined, graph: GraphView): RunEvent[] {
  const events = run ? ofRun(run) : [];
  for (const node of graph.nodes.values()) events.push(...ofNode(node));
  return events.sort((one, other) => one.at - other.at || rank(one) - rank(other));
}

function ofRun(run: RunSummary): RunEvent[] {
  const common = { node: undefined, waiting: null };
  const events: RunEvent[] = [];
  const add = (kind: EventKind, time: string | null, state: State, message: string) => {
    const at = millis(time);
    if (at !== undefined) events.push({ key: `run ${kind}`, at, kind, state, message, ...common });
  };
  add("created", run.metadata.creationTimestamp, "pending", "");
  add("started", run.status.startedAt, "running", "");
  if (isFinished(run)) add("ended", run.status.finishedAt, stateOfRun(run), run.status.message ?? "");
  return events;
}

function ofNode(node: GraphNode): RunEvent[] {
  if (node.startedAt === null) return [];
  const state = stateOfNode(node);
  const common = { node, waiting: node.waiting };
  if (state === "skipped" || state === "omitted") {
    return [{ key: `${node.id} passed`, at: node.finishedAt ?? node.startedAt, kind: "passed", state, message: node.message, ...common }];
  }
  const events: RunEvent[] = [{ key: `${node.id} started`, at: node.startedAt, kind: "started", state: "running", message: "", ...common }];
  if (node.finishedAt !== null) {
    events.push({ key: `${node.id} ended`, at: node.finishedAt, kind: "ended", state, message: node.message, ...common });
  } else if (node.waiting) {
    // since when it waits is not told, only that it does: not before it was begun
    events.push({ key: `${node.id} waiting`, at: node.startedAt, kind: "waiting", state, message: node.message, ...common });
  }
  return events;
}

// At one moment ends come before starts (what ended let the next begin), what holds others before those it holds.
function rank(event: RunEvent): number {
  const outside = event.node === undefined;
  if (outside) return event.kind === "ended" ? Infinity : event.kind === "created" ? -Infinity : -1e15;
  const idx = event.node!.idx;
  return event.kind === "ended" ? idx - 1e9 : idx + (event.kind === "waiting" ? 0.5 : 0);
}

export function matchingEvents(events: readonly RunEvent[], text: string, kinds: readonly string[]): RunEvent[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  return events.filter((event) => {
    if (kinds.length && !kinds.includes(event.kind)) return false;
    const inText = folded(`${event.node?.name ?? ""} ${event.message} ${event.node?.templateName ?? ""}`);
    return words.every((word) => inText.includes(word));
  });
}
