// In place of a page that failed to load or to draw.

import { useRouteError } from "react-router";
import { ProblemState } from "@/shared/ui/ProblemState";

export function RouteProblem() {
  return <ProblemState problem={useRouteError()} onRetry={() => location.reload()} />;
}
