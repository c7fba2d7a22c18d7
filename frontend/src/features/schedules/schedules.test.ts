import { expect, test } from "vitest";
import { linesOf, stateOf } from "./schedules";

test.each([
  ["Active", false, "active"],
  ["Active", true, "suspended"],
  ["Stopped", true, "stopped"],
] as const)("%s, suspended %s: %s", (phase, suspended, state) => expect(stateOf({ phase, suspended })).toBe(state));

test("cron lines of both ways to write them", () =>
  expect(linesOf({ schedule: "0 1 * * *", schedules: ["0 2 * * *"] })).toEqual(["0 2 * * *", "0 1 * * *"]));
