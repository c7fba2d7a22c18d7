// A state as shape, word and colour.

import { Group, Text } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import type { State } from "@/shared/state/states";
import { stateWords } from "@/shared/state/words";
import { StateIcon } from "./StateIcon";

export function StateBadge({ state, size = "sm" }: { state: State; size?: "sm" | "lg" }) {
  const words = useMessages(stateWords);
  return (
    <Group gap={6} wrap="nowrap" component="span" display="inline-flex">
      <StateIcon state={state} size={size === "lg" ? 18 : 14} />
      <Text span size={size} fw={500} style={{ color: `var(--state-${state})`, whiteSpace: "nowrap" }}>
        {words[state]}
      </Text>
    </Group>
  );
}
