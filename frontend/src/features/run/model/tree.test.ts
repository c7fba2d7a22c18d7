import { expect, test } from "vitest";
import { graphOf } from "./sample";
import { ancestors, followersOf, isLeaf, nodeWithId, treeOf } from "./tree";

const steps = graphOf([
  ["run", "Steps", [], null],
  ["run[0]", "StepGroup", ["run"], "run"],
  ["run[0].a", "Pod", ["run[0]"], "run"],
  ["run[0].b", "Retry", ["run[0]"], "run"],
  ["run[0].b(0)", "Pod", ["run[0].b"], "run"],
  ["run[0].b(1)", "Pod", ["run[0].b"], "run"],
  ["run[1]", "StepGroup", ["run[0].a", "run[0].b(1)"], "run"],
  ["run[1].c", "Pod", ["run[1]"], "run"],
]);

const names = (idx: readonly number[]) => idx.map((one) => steps.nodes.get(one)!.name);

test("steps stand in their group, attempts in their retry, groups in the node that encloses them", () => {
  const tree = treeOf(steps);
  expect(names(tree.roots)).toEqual(["run"]);
  expect(names(tree.children.get(0)!)).toEqual(["run[0]", "run[1]"]);
  expect(names(tree.children.get(1)!)).toEqual(["run[0].a", "run[0].b"]);
  expect(names(tree.children.get(3)!)).toEqual(["run[0].b(0)", "run[0].b(1)"]);
  expect(names(ancestors(tree, 5))).toEqual(["run[0].b", "run[0]", "run"]);
  expect([...steps.nodes.keys()].filter((idx) => isLeaf(tree, idx))).toEqual([2, 4, 5, 7]);
});

test("a DAG's task stands in the DAG, whatever it comes after; an item of a loop in its group", () => {
  const tree = treeOf(
    graphOf([
      ["run", "DAG", [], null],
      ["run.a", "Pod", ["run"], "run"],
      ["run.loop", "TaskGroup", ["run.a"], "run"],
      ["run.loop(0:x)", "Pod", ["run.loop"], "run"],
      ["run.onExit", "Pod", [], null],
    ]),
  );
  expect(tree.roots).toEqual([0, 4]);
  expect(tree.children.get(0)).toEqual([1, 2]);
  expect(tree.children.get(2)).toEqual([3]);
});

test("a node whose boundary is not there is a root", () => {
  expect(treeOf(graphOf([["a", "Pod", [], null, { boundary: 7 }]])).roots).toEqual([0]);
});

test("followers, ids", () => {
  expect(followersOf(steps).get(2)).toEqual([6]);
  expect(nodeWithId(steps, "id-run[1]")?.idx).toBe(6);
  expect(nodeWithId(steps, "id-none")).toBeUndefined();
  expect(nodeWithId(steps, undefined)).toBeUndefined();
});

test("each view is derived once", () => expect(treeOf(steps)).toBe(treeOf(steps)));
