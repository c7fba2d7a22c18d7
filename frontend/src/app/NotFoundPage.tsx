// An address that no page has.

import { ApiProblem } from "@/shared/api/client";
import { ProblemState } from "@/shared/ui/ProblemState";

export default function NotFoundPage() {
  return <ProblemState problem={new ApiProblem(404, "not-found", "")} />;
}
