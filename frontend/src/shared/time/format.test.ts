import { expect, test } from "vitest";
import { formatAgo, formatDuration, millis } from "./format";

test.each([
  [0, "0ms"], [999, "999ms"], [1_000, "1.0s"], [9_990, "9.9s"], [10_000, "10s"], [59_999, "59s"],
  [60_000, "1m 0s"], [3_600_000, "1h 0m"], [90_061_000, "1d 1h"],
])("a duration of %d ms is %s", (ms, text) => expect(formatDuration(ms)).toBe(text)); // prettier-ignore

test("how long ago, in each language", () => {
  expect(formatAgo(0, 120_000, "en")).toBe("2 min. ago");
  expect(formatAgo(0, 120_000, "ja")).toBe("2 分前");
  expect(formatAgo(0, 120_000, "zh-Hans")).toBe("2分钟前");
});

test("times that are not there", () => {
  expect(millis(null)).toBeUndefined();
  expect(millis("")).toBeUndefined();
  expect(millis("1970-01-01T00:00:01Z")).toBe(1000);
});
