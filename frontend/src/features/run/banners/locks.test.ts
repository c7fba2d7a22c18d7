import { expect, test } from "vitest";
import { holderText, lockText } from "./locks";

test.each([
  ["default/Mutex/db", "db"],
  ["default/ConfigMap/limits/gpu", "limits/gpu"],
  ["odd", "odd"],
  [undefined, ""],
])("lock %s", (lock, text) => expect(lockText(lock)).toBe(text));

test.each([
  ["default/run-1", "run-1"],
  ["default/run-1/run-1-123", "run-1-123"],
  ["odd", "odd"],
])("holder %s", (holder, text) => expect(holderText(holder)).toBe(text));
