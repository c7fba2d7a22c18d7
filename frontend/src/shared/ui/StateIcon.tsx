// A state as shape and colour; with its word, see StateBadge.

import { SHAPES } from "@/shared/state/shapes";
import type { State } from "@/shared/state/states";

export function StateIcon({ state, size = 14 }: { state: State; size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 16 16" aria-hidden="true" style={{ flex: "none" }}>
      <path d={SHAPES[state]} fillRule="evenodd" fill={`var(--state-${state})`} />
    </svg>
  );
}
