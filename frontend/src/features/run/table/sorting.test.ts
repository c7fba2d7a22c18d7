import { expect, test } from "vitest";
import { graphOf } from "../model/sample";
import { nextSorting, sorted, sortingOf } from "./sorting";

const nodes = [
  ...graphOf([
    ["run.step10", "Pod", [], null, { startedAt: 50, finishedAt: 60 }],
    ["run.step2", "Pod", [], null, { startedAt: 10, finishedAt: null, phase: "Running" }],
    ["run.late", "Skipped", [], null, { templateName: "t" }],
  ]).nodes.values(),
];

test.each([
  [null, ["step10", "step2", "late"]],
  ["-order", ["late", "step2", "step10"]],
  ["name", ["late", "step2", "step10"]],
  ["started", ["step2", "step10", "late"]],
  ["-started", ["step10", "step2", "late"]],
  ["duration", ["step10", "step2", "late"]],
  ["template", ["late", "step10", "step2"]],
  ["nonsense", ["step10", "step2", "late"]],
])("sorted by %s", (by, names) => {
  expect(sorted(nodes, sortingOf(by), 1_000).map((node) => node.displayName)).toEqual(names);
});

test("clicks go up, down and back", () => {
  expect(nextSorting(sortingOf(null), "name")).toBe("name");
  expect(nextSorting(sortingOf("name"), "name")).toBe("-name");
  expect(nextSorting(sortingOf("-name"), "name")).toBeUndefined();
  expect(nextSorting(sortingOf("-name"), "state")).toBe("state");
});
