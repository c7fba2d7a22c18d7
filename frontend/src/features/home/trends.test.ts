import { expect, test } from "vitest";
import { waitsOf } from "./waits";
import { RANGES, trendsOf, type Range } from "./trends";

const HOUR = 3_600_000;
const now = 1_000 * HOUR + 5;

function run(phase: "Succeeded" | "Failed" | "Error", finished: number, seconds: number) {
  const at = (time: number) => new Date(time).toISOString();
  return { status: { phase, startedAt: at(finished - seconds * 1_000), finishedAt: at(finished) } };
}

test("runs count in the hour they ended in", () => {
  const found = trendsOf(
    [run("Succeeded", now, 1), run("Failed", now - 6, 3), run("Error", now - 7, 5), run("Succeeded", now - 25 * HOUR, 9)],
    "day",
    now,
  );
  expect(found.times).toHaveLength(24);
  expect(found.times.at(-1)).toBe(1_000 * 3_600);
  expect([found.succeeded.at(-1), found.failed.at(-1), found.failed.at(-2)]).toEqual([1, 0, 2]);
  expect([found.durations.at(-1), found.durations.at(-2), found.durations.at(-3)]).toEqual([1, 4, null]);
  expect(found.total).toEqual({ succeeded: 1, failed: 2, duration: 3 });
});

test("no runs", () => expect(trendsOf([], "week", now).total).toEqual({ succeeded: 0, failed: 0, duration: null }));

test.each(Object.keys(RANGES) as Range[])("a %s has whole steps", (range) =>
  expect(RANGES[range].span % RANGES[range].step).toBe(0),
);

test("nodes that wait for a person, and no others", () => {
  const graph = {
    since: 0, seq: 1, count: 3, deleted: [],
    columns: {
      id: ["a", "b", "c"], displayName: ["one", "two", "three"], startedAt: [1, 2, 3],
      waiting: [null, { reason: "person" }, { reason: "lock" }],
    },
  }; // prettier-ignore
  expect(waitsOf(graph)).toEqual([{ id: "b", displayName: "two", startedAt: 2 }]);
});
