// Why an action is refused, in the person's language, and who could do it.

import type { RunSummary } from "@/shared/api/types";
import { useMessages } from "@/shared/i18n/messages";
import { RIGHT_OF, ROLE_WITH, type PageAction } from "./actionRules";
import { actionMessages } from "./messages";

/** Answers undefined for an action that is allowed. */
export function useRefusal(run: RunSummary): (action: PageAction) => string | undefined {
  const t = useMessages(actionMessages);
  return (action) => {
    const verdict = run.sluice.allowedActions[action];
    if (verdict?.allowed) return undefined;
    const code = verdict?.code ?? "missing-right";
    if (code === "missing-right") return t.missingRight(RIGHT_OF[action], ROLE_WITH[RIGHT_OF[action]], run.metadata.namespace);
    const known: Record<string, string> = t.refused;
    return known[code] ?? verdict?.reason ?? code;
  };
}
