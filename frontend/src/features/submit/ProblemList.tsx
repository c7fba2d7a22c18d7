// What is wrong with a manifest, or was with a request: each with its place, which leads there, and its remedy.

import { Anchor, List, Text } from "@mantine/core";
import type { ManifestProblem } from "@/shared/api/client";
import { useMessages } from "@/shared/i18n/messages";
import { StateIcon } from "@/shared/ui/StateIcon";
import { submitMessages } from "./messages";

interface ProblemListProps {
  problems: readonly ManifestProblem[];
  onLine?: (line: number) => void;
}

export function ProblemList({ problems, onLine }: ProblemListProps) {
  const t = useMessages(submitMessages);
  return (
    <List size="sm" spacing={6} listStyleType="none" center={false}>
      {problems.map((problem, position) => {
        const isWarning = problem.severity === "warning";
        return (
          <List.Item key={position} icon={<StateIcon state={isWarning ? "waiting" : "error"} size={14} />} data-problem={problem.code}>
            <Text span size="sm" fw={600} mr={6}>
              {isWarning ? t.severity.warning : t.severity.error}
            </Text>
            {problem.line && onLine ? (
              <Anchor component="button" type="button" size="sm" mr={6} onClick={() => onLine(problem.line!)}>
                {t.line(problem.line)}
              </Anchor>
            ) : problem.path ? (
              <Text span size="xs" className="mono dim" mr={6}>
                {problem.path}
              </Text>
            ) : null}
            <Text span size="sm" style={{ overflowWrap: "anywhere" }}>
              {problem.message}
            </Text>
            {problem.remedy ? (
              <Text span size="sm" className="dim" ml={6}>
                {problem.remedy}
              </Text>
            ) : null}
          </List.Item>
        );
      })}
    </List>
  );
}

/** What a refused request says, as problems. */
export function problemsOf(fault: { code: string; message: string; problems: readonly ManifestProblem[] }): readonly ManifestProblem[] {
  return fault.problems.length > 0 ? fault.problems : [{ code: fault.code, message: fault.message, severity: "error" }];
}
