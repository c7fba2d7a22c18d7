// A few runs, one per line: state, name, what it says, when.

import { Anchor, Group, Stack, Text } from "@mantine/core";
import { Link } from "react-router";
import type { RunSummary } from "@/shared/api/types";
import { isFinished, stateOfRun } from "@/shared/state/states";
import { StateBadge } from "@/shared/ui/StateBadge";
import { Duration, TimeAgo } from "@/shared/ui/Times";

export function RunLines({ runs }: { runs: readonly RunSummary[] }) {
  return (
    <Stack component="ul" gap={6} m={0} p={0} style={{ listStyle: "none" }}>
      {runs.map((run) => (
        <li key={run.metadata.uid}>
          <Group gap="sm" wrap="nowrap" justify="space-between">
            <Anchor component={Link} to={`/runs/${run.metadata.uid}`} size="sm" className="truncate">
              {run.metadata.name}
            </Anchor>
            <Group gap="sm" wrap="nowrap" fz="xs" className="dim" style={{ flex: "none" }}>
              <StateBadge state={stateOfRun(run)} />
              {isFinished(run) ? <TimeAgo time={run.status.finishedAt} /> : <Duration from={run.status.startedAt} to={null} />}
            </Group>
          </Group>
          {run.status.message ? (
            <Text size="xs" className="dim" lineClamp={2} style={{ overflowWrap: "anywhere" }}>
              {run.status.message}
            </Text>
          ) : null}
        </li>
      ))}
    </Stack>
  );
}
