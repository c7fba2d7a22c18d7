import { expect, test } from "vitest";
import { graphOf } from "../model/sample";
import { progressOf } from "./progress";

test("leaves by state, groups left out", () => {
  const graph = graphOf([
    ["run", "DAG", [], null, { phase: "Running" }],
    ["run.a", "Pod", ["run"], "run"],
    ["run.b", "Pod", ["run.a"], "run", { phase: "Running" }],
    ["run.c", "Suspend", ["run.a"], "run", { phase: "Running", waiting: { reason: "person" } }],
  ]);
  expect(progressOf(graph)).toEqual({ counts: { succeeded: 1, running: 1, approval: 1 }, done: 1, all: 3 });
});
