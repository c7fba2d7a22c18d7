// What came of sending or checking a run: its problems, or what would be stored.

import { Alert, Code, Stack, Text } from "@mantine/core";
import type { ApiProblem } from "@/shared/api/client";
import { useMessages } from "@/shared/i18n/messages";
import { submitMessages } from "./messages";
import { ProblemList, problemsOf } from "./ProblemList";
import type { DryRunAnswer } from "./useSubmit";

interface OutcomeProps {
  problem: ApiProblem | null;
  checked: DryRunAnswer | undefined;
  onLine?: (line: number) => void;
}

export function Outcome({ problem, checked, onLine }: OutcomeProps) {
  const t = useMessages(submitMessages);
  const lines = onLine ? { onLine } : {};
  if (problem) {
    const problems = problemsOf(problem);
    return (
      <Alert color="red" title={t.problems(problems.length)} role="alert">
        <ProblemList problems={problems} {...lines} />
      </Alert>
    );
  }
  if (!checked) return null;
  return (
    <Stack gap="xs" role="status">
      {checked.warnings.length > 0 ? <ProblemList problems={checked.warnings} {...lines} /> : null}
      <Text size="sm">{t.checked}</Text>
      <Code block mah={360} style={{ overflow: "auto" }} tabIndex={0}>
        {checked.runs.map((run) => JSON.stringify(run, null, 2)).join("\n")}
      </Code>
    </Stack>
  );
}
