// When a new token expires.

/** days, "" for never */
export const EXPIRIES = ["30", "90", "365", ""] as const;
export type Expiry = (typeof EXPIRIES)[number];

/** The field of the request; `now` in milliseconds. */
export function expiryOf(expiry: Expiry, now: number): { expiresAt?: string } {
  return expiry === "" ? {} : { expiresAt: new Date(now + Number(expiry) * 86_400_000).toISOString() };
}
