import { expect, test } from "vitest";
import type { Workflow } from "../model/useWorkflow";
import { matchingValues, valuesOf } from "./values";

const workflow = {
  spec: { arguments: { parameters: [{ name: "who", value: "Ada" }, { name: "count", value: 3 as unknown as string }] } },
  status: {
    outputs: { parameters: [{ name: "sum", value: "9" }] },
    nodes: {
      n1: { id: "n1", name: "run.a", inputs: { parameters: [{ name: "in" }] }, outputs: { result: "done", exitCode: "0" } },
      n2: { id: "n2", name: "run.b" },
    },
  },
} as unknown as Workflow; // prettier-ignore
const shown = (rows: ReturnType<typeof valuesOf>) => rows.map((row) => `${row.node?.name ?? "*"} ${row.side} ${row.name}=${row.value}`);

test("the run's values, then the nodes'", () => {
  expect(shown(valuesOf(workflow, undefined))).toEqual([
    "* inputs who=Ada",
    "* inputs count=3",
    "* outputs sum=9",
    "run.a inputs in=",
    "run.a outputs result=done",
    "run.a outputs exitCode=0",
  ]);
});

test("those of one node", () => {
  expect(valuesOf(workflow, "n1")).toHaveLength(3);
  expect(valuesOf(workflow, "n2")).toEqual([]);
});

test("found by name, value and node", () => {
  const rows = valuesOf(workflow, undefined);
  expect(matchingValues(rows, "ada")).toHaveLength(1);
  expect(matchingValues(rows, "run.a done")).toHaveLength(1);
  expect(matchingValues(rows, " ")).toBe(rows);
});
