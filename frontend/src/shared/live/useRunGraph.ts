// A run's graph and summary, live: from the socket, or by polling while there is none.

import { useEffect, useReducer } from "react";
import { ApiProblem, request } from "@/shared/api/client";
import type { GraphChanges, RunSummary } from "@/shared/api/types";
import { applyChanges, EMPTY_GRAPH, type GraphView } from "./graphStore";
import { useConnectionState, useSocket } from "./LiveProvider";
import type { Frame } from "./socket";

const POLL_MS = 3_000;

export interface LiveRun {
  run: RunSummary | undefined;
  graph: GraphView;
  /** the run was deleted, or may not be seen (any more) */
  gone: boolean;
}

type Event = { run?: RunSummary; patch?: GraphChanges } | "gone" | "reset";

const NOTHING: LiveRun = { run: undefined, graph: EMPTY_GRAPH, gone: false };

function reduce(state: LiveRun, event: Event): LiveRun {
  if (event === "reset") return NOTHING;
  if (event === "gone") return { ...state, gone: true };
  const graph = event.patch ? (applyChanges(state.graph, event.patch) ?? state.graph) : state.graph;
  return { run: event.run ?? state.run, graph, gone: false };
}

export function useRunGraph(uid: string): LiveRun {
  const socket = useSocket();
  const connection = useConnectionState();
  const [state, dispatch] = useReducer(reduce, NOTHING);

  useEffect(() => {
    let held: GraphView = EMPTY_GRAPH;
    dispatch("reset");
    const topic = `run:${uid}`;
    return socket.subscribe(topic, {
      since: () => held.seq,
      onFrame: (frame: Frame) => {
        if (frame.type === "gone") dispatch("gone");
        if (frame.type !== "graph") return;
        const patch = frame["graph"] as GraphChanges;
        const next = applyChanges(held, patch);
        if (!next) {
          socket.ask(topic);
          return;
        }
        held = next;
        dispatch({ run: frame["run"] as RunSummary, patch });
      },
    });
  }, [socket, uid]);

  const seq = state.graph.seq;
  useEffect(() => {
    if (connection === "live") return;
    const abort = new AbortController();
    const poll = setInterval(() => void pollOnce(uid, seq, abort.signal, dispatch), POLL_MS);
    return () => {
      clearInterval(poll);
      abort.abort();
    };
  }, [connection, uid, seq]);

  return state;
}

async function pollOnce(uid: string, since: number, signal: AbortSignal, dispatch: (event: Event) => void) {
  try {
    const patch = await request<GraphChanges>(`/api/runs/${uid}/graph`, { query: { since }, signal });
    if (patch.seq > since) dispatch({ patch });
  } catch (fault) {
    if (fault instanceof ApiProblem && fault.status === 404) dispatch("gone");
  }
}
