import { expect, test } from "vitest";
import { graphOf } from "../model/sample";
import { progressOf, spanOf } from "./progress";

test("leaves by state, groups left out", () => {
  const graph = graphOf([
    ["run", "DAG", [], null, { phase: "Running" }],
    ["run.a", "Pod", ["run"], "run"],
    ["run.b", "Pod", ["run.a"], "run", { phase: "Running" }],
    ["run.c", "Suspend", ["run.a"], "run", { phase: "Running", waiting: { reason: "person" } }],
  ]);
  expect(progressOf(graph)).toEqual({ counts: { succeeded: 1, running: 1, approval: 1 }, done: 1, all: 3 });
});

test("the span from the first node that began to the last that ended", () => {
  const graph = graphOf([
    ["run", "DAG", [], null, { startedAt: 5, finishedAt: 20 }],
    ["run.onExit", "Pod", [], null, { startedAt: 20, finishedAt: 31 }],
    ["other", "Pod", [], null],
  ]);
  expect(spanOf(graph)).toEqual({ from: 5, to: 31 });
  expect(spanOf(graphOf([]))).toEqual({ from: null, to: null });
});
