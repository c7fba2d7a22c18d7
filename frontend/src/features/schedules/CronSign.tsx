// How a schedule stands: shape, word and colour.

import { Group, Text } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { StateIcon } from "@/shared/ui/StateIcon";
import { scheduleMessages } from "./messages";
import type { CronState } from "./schedules";

const SIGNS = { active: "running", suspended: "suspended", stopped: "stopping" } as const;

export function CronSign({ state }: { state: CronState }) {
  const t = useMessages(scheduleMessages);
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <StateIcon state={SIGNS[state]} />
      <Text span size="sm" fw={500} style={{ color: `var(--state-${SIGNS[state]})` }}>
        {t.states[state]}
      </Text>
    </Group>
  );
}
