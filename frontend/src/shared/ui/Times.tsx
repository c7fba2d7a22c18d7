// Times on the page: how long ago, with the exact time on demand, and durations that go on while something runs.

import { Tooltip } from "@mantine/core";
import { useLanguage } from "@/shared/i18n/messages";
import { formatAgo, formatDuration, formatExact, millis } from "@/shared/time/format";
import { useNow } from "@/shared/time/useNow";

export function TimeAgo({ time }: { time: string | number | null | undefined }) {
  const language = useLanguage();
  const now = useNow();
  const at = millis(time);
  if (at === undefined) return <span>–</span>;
  return (
    <Tooltip label={formatExact(at, language)}>
      <time dateTime={new Date(at).toISOString()}>{formatAgo(Math.min(at, now), now, language)}</time>
    </Tooltip>
  );
}

export function Duration({ from, to }: { from: string | number | null | undefined; to: string | number | null | undefined }) {
  const start = millis(from);
  const end = millis(to);
  if (start === undefined) return <span>–</span>;
  return end === undefined ? <Running since={start} /> : <span>{formatDuration(end - start)}</span>;
}

function Running({ since }: { since: number }) {
  return <span>{formatDuration(useNow() - since)}</span>;
}
