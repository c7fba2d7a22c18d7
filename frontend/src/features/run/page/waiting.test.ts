import { expect, test } from "vitest";
import { graphOf } from "../model/sample";
import { canBeAnswered, gatesToCome, waitingNodes } from "./waiting";

test("what asks a person comes first", () => {
  const graph = graphOf([
    ["a", "Pod", [], null, { waiting: { reason: "lock", lock: "n/Mutex/m" } }],
    ["b", "Suspend", [], null, { waiting: { reason: "person" } }],
    ["c", "Pod", [], null],
    ["d", "Pod", [], null, { waiting: { reason: "new kind" } }],
  ]);
  expect(waitingNodes(graph).map(({ node }) => node.name)).toEqual(["b", "a", "d"]);
});

test("gates to come: steps and tasks of suspend templates without duration that have not begun", () => {
  const spec = {
    templates: [
      { name: "main", steps: [[{ name: "build", template: "say" }], [{ name: "ask", template: "gate" }]] },
      { name: "more", dag: { tasks: [{ name: "again", template: "gate" }, { name: "nap", template: "nap" }] } },
      { name: "gate", suspend: {} },
      { name: "nap", suspend: { duration: "5s" } },
    ],
  };
  expect(gatesToCome(spec, graphOf([["run", "Steps", [], null]]))).toEqual(["ask", "again"]);
  expect(gatesToCome(spec, graphOf([["run.ask", "Suspend", [], null]]))).toEqual(["again"]);
  expect(gatesToCome(undefined, graphOf([]))).toEqual([]);
});

test("only suspend nodes that run can be answered", () => {
  expect(canBeAnswered({ type: "Suspend", phase: "Running" })).toBe(true);
  expect(canBeAnswered({ type: "Suspend", phase: "Succeeded" })).toBe(false);
  expect(canBeAnswered({ type: "Pod", phase: "Running" })).toBe(false);
});
