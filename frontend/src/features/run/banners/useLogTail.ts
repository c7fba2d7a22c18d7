// The end of a node's output. The server gives out whole logs only, so very long ones are given up on.

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { ApiProblem, open } from "@/shared/api/client";
import { addPiece, EMPTY_TAIL, lastLines } from "./logTail";

const MOST_CHARACTERS = 4_000_000;

/** null for an output too long to be read to its end here. */
export function useLogTail(uid: string, nodeId: string, lines: number, enabled: boolean): UseQueryResult<string[] | null> {
  return useQuery({
    queryKey: ["run", uid, "log-tail", nodeId, lines],
    queryFn: ({ signal }) => readTail(`/api/runs/${uid}/nodes/${encodeURIComponent(nodeId)}/logs`, lines, signal),
    enabled,
    staleTime: 60_000,
  });
}

async function readTail(path: string, lines: number, signal: AbortSignal): Promise<string[] | null> {
  const abort = new AbortController();
  const response = await openLog(path, AbortSignal.any([signal, abort.signal]));
  if (!response?.body) return [];
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let tail = EMPTY_TAIL;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return lastLines(tail, lines);
    tail = addPiece(tail, value);
    if (tail.taken > MOST_CHARACTERS) {
      abort.abort();
      return null;
    }
  }
}

// Nodes that run nothing have no output.
async function openLog(path: string, signal: AbortSignal): Promise<Response | undefined> {
  try {
    return await open(path, { signal, headers: { Accept: "text/plain" } });
  } catch (fault) {
    if (fault instanceof ApiProblem && fault.status >= 400 && fault.status < 500) return undefined;
    throw fault;
  }
}
