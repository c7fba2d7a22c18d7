// How long until something, with the exact time on demand.

import { Tooltip } from "@mantine/core";
import { useLanguage } from "@/shared/i18n/messages";
import { formatAgo, formatExact, millis } from "@/shared/time/format";
import { useNow } from "@/shared/time/useNow";

export function TimeUntil({ time }: { time: string }) {
  const language = useLanguage();
  const now = useNow();
  const at = millis(time) ?? now;
  return (
    <Tooltip label={formatExact(at, language)}>
      <time dateTime={time}>{formatAgo(Math.max(at, now), now, language)}</time>
    </Tooltip>
  );
}
