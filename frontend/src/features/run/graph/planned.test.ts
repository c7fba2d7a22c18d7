import { describe, expect, test } from "vitest";
import { graphOf, type Row } from "../model/sample";
import { plannedNodes } from "./planned";
import type { Json } from "./templates";

const leaf = { name: "say", container: {} };

function workflow(templates: Json[], more: Json = {}, status: Json = {}): Json {
  return { metadata: { name: "run" }, spec: { entrypoint: "main", templates: [leaf, ...templates], ...more }, status };
}

function plan(rows: readonly Row[], of: Json): string[] {
  return plannedNodes(graphOf(rows), of).map(({ name, after }) => `${name} < ${after.join(" ")}`);
}

const diamond = {
  name: "main",
  dag: {
    tasks: [
      { name: "a", template: "say" },
      { name: "b", template: "say", dependencies: ["a"] },
      { name: "c", template: "say", depends: "a.Succeeded && !x" },
      { name: "d", template: "say", depends: "(b || c.Failed)" },
    ],
  },
};
const sub = { name: "sub", steps: [[{ name: "one", template: "say" }, { name: "two", template: "say" }], [{ name: "three", template: "say" }]] }; // prettier-ignore

describe("before anything has begun", () => {
  test("tasks come after what they depend on", () => {
    expect(plan([], workflow([diamond]))).toEqual(["run < ", "run.a < run", "run.b < run.a", "run.c < run.a", "run.d < run.b run.c"]);
  });

  test("steps come in groups, one after the other", () => {
    expect(plan([], workflow([{ ...sub, name: "main" }]))).toEqual([
      "run < ", "run[0] < run", "run[0].one < run[0]", "run[0].two < run[0]",
      "run[1] < run[0].one run[0].two", "run[1].three < run[1]",
    ]); // prettier-ignore
  });

  test("what follows a composite follows its last nodes", () => {
    const main = { name: "main", dag: { tasks: [{ name: "a", template: "sub" }, { name: "b", template: "say", depends: "a" }] } };
    expect(plan([], workflow([main, sub])).at(-1)).toBe("run.b < run.a[1].three");
  });

  test("a loop is one node, for nobody knows how many", () => {
    const main = { name: "main", dag: { tasks: [{ name: "a", template: "say", withParam: "{{x}}" }] } };
    expect(plannedNodes(graphOf([]), workflow([main]))[1]).toEqual({
      name: "run.a", displayName: "a", type: "TaskGroup", templateName: "say", after: ["run"], inLane: false, many: true,
    }); // prettier-ignore
  });

  test("exit handlers, of the run and of a task, have their lane", () => {
    const main = { name: "main", dag: { tasks: [{ name: "a", template: "say", hooks: { exit: { template: "say" } } }] } };
    const found = plannedNodes(graphOf([]), workflow([main], { onExit: "sub" })).filter((node) => node.inLane);
    expect(found.map((node) => node.name)).toEqual(["run.a.onExit", "run.onExit"]);
  });

  test("a template that calls itself is not followed for ever", () => {
    const main = { name: "main", steps: [[{ name: "again", template: "main" }]] };
    expect(plan([], workflow([main]))).toEqual(["run < ", "run[0] < run", "run[0].again < run[0]"]);
  });

  test("templates of stored objects are found among those the run has used", () => {
    const main = { name: "main", dag: { tasks: [{ name: "a", templateRef: { name: "lib", template: "sub" } }] } };
    const status = { storedTemplates: { "namespaced/lib/sub": sub } };
    expect(plan([], workflow([main], {}, status))).toHaveLength(7);
  });
});

describe("while it runs", () => {
  test("what is there is not planned, what comes after it is", () => {
    const rows: Row[] = [["run", "DAG", [], null, { phase: "Running" }], ["run.a", "Pod", ["run"], "run"]];
    expect(plan(rows, workflow([diamond]))).toEqual(["run.b < run.a", "run.c < run.a", "run.d < run.b run.c"]);
  });

  test("inside a node that has ended nothing is planned", () => {
    const main = { name: "main", dag: { tasks: [{ name: "a", template: "sub" }, { name: "b", template: "say", depends: "a" }] } };
    const rows: Row[] = [
      ["run", "DAG", [], null, { phase: "Running" }],
      ["run.a", "Steps", ["run"], "run", { phase: "Failed" }],
      ["run.a[0]", "StepGroup", ["run.a"], "run.a", { phase: "Failed" }],
    ];
    expect(plan(rows, workflow([main, sub]))).toEqual(["run.b < run.a"]);
  });

  test("what follows a loop follows its items, what follows a retry its last attempt", () => {
    const main = { name: "main", dag: { tasks: [{ name: "a", template: "say", withItems: [1, 2] }, { name: "b", template: "say", depends: "a" }] } };
    const rows = (type: string): Row[] => [
      ["run", "DAG", [], null, { phase: "Running" }],
      ["run.a", type, ["run"], "run"],
      ["run.a(0)", "Pod", ["run.a"], "run"],
      ["run.a(1)", "Pod", ["run.a"], "run"],
    ];
    expect(plan(rows("TaskGroup"), workflow([main]))).toEqual(["run.b < run.a(0) run.a(1)"]);
    expect(plan(rows("Retry"), workflow([main]))).toEqual(["run.b < run.a(1)"]);
  });

  test("of a run that has ended nothing is planned", () => {
    expect(plan([], workflow([diamond], {}, { phase: "Failed" }))).toEqual([]);
  });
});

test("whatever the object holds instead of templates, nothing breaks", () => {
  for (const odd of [undefined, {}, { metadata: 3 }, workflow([{ name: "main", dag: "x" }]), workflow([{ name: "main", steps: [7, [null]] }])]) {
    expect(() => plannedNodes(graphOf([]), odd)).not.toThrow();
  }
});
