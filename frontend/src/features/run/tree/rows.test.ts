import { expect, test } from "vitest";
import { graphOf, type Row } from "../model/sample";
import { allOpen, MANY_CHILDREN, openTo, sideways, treeRows } from "./rows";

const graph = graphOf([
  ["run", "DAG", [], null],
  ["run.a", "Steps", ["run"], "run"],
  ["run.a[0]", "StepGroup", ["run.a"], "run.a"],
  ["run.a[0].x", "Pod", ["run.a[0]"], "run.a"],
  ["run.b", "Pod", ["run"], "run", { phase: "Failed" }],
]);
const NONE = new Map<number, boolean>();
const shape = (rows: ReturnType<typeof treeRows>) => rows.map((row) => `${row.node.idx}@${row.level} ${row.place}/${row.setSize} ${row.isOpen ?? "-"}`);

test("all rows with level, place and set size", () => {
  expect(shape(treeRows(graph, NONE, undefined))).toEqual(["0@1 1/1 true", "1@2 1/2 true", "2@3 1/1 true", "3@4 1/1 -", "4@2 2/2 -"]);
});

test("a closed node keeps what is below it to itself", () => {
  expect(shape(treeRows(graph, new Map([[1, false]]), undefined))).toEqual(["0@1 1/1 true", "1@2 1/2 false", "4@2 2/2 -"]);
  expect(treeRows(graph, allOpen(graph, false), undefined)).toHaveLength(1);
});

test("a filter keeps what matches and what is above it", () => {
  expect(shape(treeRows(graph, NONE, (node) => node.phase === "Failed"))).toEqual(["0@1 1/1 true", "4@2 1/1 -"]);
  expect(treeRows(graph, NONE, () => false)).toEqual([]);
});

test("opening the way to a node", () => {
  const closed = allOpen(graph, false);
  const rows = treeRows(graph, openTo(graph, closed, 3), undefined);
  expect(rows.map((row) => row.node.idx)).toContain(3);
});

test("large groups start folded; 10,000 rows take no time worth naming", () => {
  const items = Array.from({ length: MANY_CHILDREN + 1 }, (_, place): Row => [`run.loop(${place})`, "Pod", ["run.loop"], "run"]);
  const wide = graphOf([["run", "DAG", [], null], ["run.loop", "TaskGroup", ["run"], "run"], ...items]); // prettier-ignore
  expect(treeRows(wide, NONE, undefined)).toHaveLength(2);
  expect(treeRows(wide, new Map([[1, true]]), undefined)).toHaveLength(MANY_CHILDREN + 3);
});

test.each([
  ["right opens", new Map([[1, false]]), 1, "ArrowRight", "toggle"],
  ["right goes in", NONE, 1, "ArrowRight", 2],
  ["right of a leaf", NONE, 3, "ArrowRight", undefined],
  ["left closes", NONE, 1, "ArrowLeft", "toggle"],
  ["left goes out", NONE, 4, "ArrowLeft", 0],
  ["left of a closed root", new Map([[0, false]]), 0, "ArrowLeft", undefined],
] as const)("%s", (_, openings, index, key, expected) => {
  expect(sideways(treeRows(graph, openings, undefined), index, key)).toBe(expected);
});
