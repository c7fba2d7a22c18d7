// A live run that can be held still, so that what is being read does not move.

import { useState } from "react";
import type { LiveRun } from "@/shared/live/useRunGraph";

export interface Pausable {
  shown: LiveRun;
  isPaused: boolean;
  /** changes that came since the view was paused */
  behind: number;
  toggle: () => void;
}

export function usePausable(live: LiveRun, uid: string): Pausable {
  const [held, setHeld] = useState<{ uid: string; run: LiveRun }>();
  const frozen = held?.uid === uid ? held.run : undefined;
  return {
    shown: frozen ? { ...frozen, gone: live.gone } : live,
    isPaused: frozen !== undefined,
    behind: frozen ? live.graph.seq - frozen.graph.seq : 0,
    toggle: () => setHeld(frozen ? undefined : { uid, run: live }),
  };
}
