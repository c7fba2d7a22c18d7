// Whether what is seen is live; after the session has ended, the way back in.

import { Anchor, Group, Text } from "@mantine/core";
import { useMessages } from "@/shared/i18n/messages";
import { useConnectionState } from "@/shared/live/LiveProvider";
import { shellMessages } from "./messages";

const COLOURS = { connecting: "pending", live: "succeeded", reconnecting: "waiting", "signed-out": "failed" } as const;

export function ConnectionSign() {
  const t = useMessages(shellMessages);
  const state = useConnectionState();
  return (
    <Group gap={6} wrap="nowrap" role="status" data-connection={state}>
      <svg width="8" height="8" aria-hidden="true">
        <circle cx="4" cy="4" r="4" fill={`var(--state-${COLOURS[state]})`} />
      </svg>
      <Text span size="xs" className="dim" visibleFrom={state === "live" ? "sm" : "xs"}>
        {t.connection[state]}
      </Text>
      {state === "signed-out" ? (
        <Anchor size="xs" href={`/login/?next=${encodeURIComponent(location.pathname + location.search)}`}>
          {t.signIn}
        </Anchor>
      ) : null}
    </Group>
  );
}
