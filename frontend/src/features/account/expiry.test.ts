import { expect, test } from "vitest";
import { expiryOf } from "./expiry";

test.each([
  ["30", { expiresAt: "1970-01-31T00:00:00.000Z" }],
  ["", {}],
] as const)("%j days", (expiry, field) => expect(expiryOf(expiry, 0)).toEqual(field));
