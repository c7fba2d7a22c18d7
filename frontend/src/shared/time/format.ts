// Times and durations as people read them. Times are milliseconds since the epoch or RFC 3339 texts.

import type { Language } from "@/shared/i18n/messages";

export function millis(time: string | number | null | undefined): number | undefined {
  if (time === null || time === undefined || time === "") return undefined;
  const value = typeof time === "number" ? time : Date.parse(time);
  return Number.isNaN(value) ? undefined : value;
}

const DAY = 86_400, HOUR = 3_600, MINUTE = 60; // prettier-ignore

/** "1d 2h", "3h 4m", "5m 6s", "7.3s", "12ms": two units at most, the same in every language. */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.round(ms))}ms`;
  const seconds = Math.floor(ms / 1_000);
  if (seconds < 10) return `${(Math.floor(ms / 100) / 10).toFixed(1)}s`;
  if (seconds < MINUTE) return `${seconds}s`;
  if (seconds < HOUR) return `${Math.floor(seconds / MINUTE)}m ${seconds % MINUTE}s`;
  if (seconds < DAY) return `${Math.floor(seconds / HOUR)}h ${Math.floor((seconds % HOUR) / MINUTE)}m`;
  return `${Math.floor(seconds / DAY)}d ${Math.floor((seconds % DAY) / HOUR)}h`;
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 365 * DAY], ["month", 30 * DAY], ["day", DAY], ["hour", HOUR], ["minute", MINUTE], ["second", 1],
]; // prettier-ignore

export function formatAgo(time: number, now: number, language: Language): string {
  const seconds = (time - now) / 1_000;
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? (["second", 1] as const);
  return new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" }).format(
    Math.trunc(seconds / size),
    unit,
  );
}

/** Date and time with the zone named, for tooltips. */
export function formatExact(time: number, language: Language): string {
  return new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "long" }).format(time);
}
