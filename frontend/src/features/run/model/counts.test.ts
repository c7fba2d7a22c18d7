import { expect, test } from "vitest";
import { countsBelow, entriesOf } from "./counts";
import { graphOf } from "./sample";

test("each level counts the leaves below it, by state", () => {
  const counts = countsBelow(
    graphOf([
      ["run", "DAG", [], null, { phase: "Running" }],
      ["run.loop", "TaskGroup", ["run"], "run", { phase: "Running" }],
      ["run.loop(0)", "Pod", ["run.loop"], "run", { phase: "Failed" }],
      ["run.loop(1)", "Pod", ["run.loop"], "run"],
      ["run.gate", "Suspend", ["run"], "run", { phase: "Running", waiting: { reason: "person" } }],
    ]),
  );
  expect(counts.get(1)).toEqual({ failed: 1, succeeded: 1 });
  expect(counts.get(0)).toEqual({ failed: 1, succeeded: 1, approval: 1 });
  expect(counts.has(2)).toBe(false);
  expect(entriesOf(counts.get(0)!)).toEqual([["approval", 1], ["succeeded", 1], ["failed", 1]]); // prettier-ignore
});
