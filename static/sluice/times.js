// Times and durations in words. Milliseconds since the epoch go in.

export function toMillis(text) {
  return text ? Date.parse(text) : null;
}

export function localTime(at) {
  return at === null ? "" : new Date(at).toLocaleString();
}

export function duration(from, to, now = Date.now()) {
  if (from === null || from === undefined) return "";
  const seconds = Math.max(0, ((to ?? now) - from) / 1000);
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.floor(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
