// Asks again for lists of runs when runs of the namespace change, at most once in a while.

import { useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useSocket } from "./LiveProvider";

const PAUSE_MS = 2_000;

/** Queries under ["runs", …] are asked anew after changes in `namespace`. */
export function useRunsChanged(namespace: string): void {
  const socket = useSocket();
  const queries = useQueryClient();
  useEffect(() => {
    if (namespace === "") return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer = undefined;
      void queries.invalidateQueries({ queryKey: ["runs"] });
    };
    const stop = socket.subscribe(`runs:${namespace}`, {
      since: () => 0,
      onFrame: () => {
        timer ??= setTimeout(refresh, PAUSE_MS);
      },
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [socket, queries, namespace]);
}
