import { expect, test } from "vitest";
import { layered } from "@/shared/graph/layered";
import { graphOf, type Row } from "../model/sample";
import { cardAfter, nextMatch, siblingOf, type Arrow } from "./navigation";
import { layoutInput, placementOf, type Direction } from "./placement";
import { sceneOf } from "./scene";

const rows: Row[] = [
  ["run", "DAG", [], null],
  ["run.a", "Pod", ["run"], "run", { phase: "Failed" }],
  ["run.b", "Pod", ["run"], "run"],
  ["run.c", "Pod", ["run.a", "run.b"], "run", { phase: "Failed" }],
];
const graph = graphOf(rows);
const scene = sceneOf(graph, { folds: new Map(), planned: [], artifacts: undefined });

function walk(direction: Direction, ...arrows: Arrow[]): string | undefined {
  const placement = placementOf(scene, layered(layoutInput(scene, direction)), direction);
  let at: number | undefined;
  for (const arrow of arrows) at = cardAfter(scene, placement, at, arrow) ?? at;
  return at === undefined ? undefined : scene.cards[at]!.label;
}

test("arrows walk along dependencies and beside them, as the graph runs", () => {
  expect(walk("horizontal", "ArrowRight")).toBe("run");
  expect(walk("horizontal", "ArrowRight", "ArrowRight", "ArrowRight")).toBe("c");
  expect(walk("horizontal", "ArrowRight", "ArrowRight", "ArrowDown")).toBe("b");
  expect(walk("vertical", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowLeft")).toBe("a");
  expect(walk("vertical", "ArrowDown", "ArrowUp")).toBe("run");
});

test("siblings of the tree", () => {
  expect(siblingOf(graph, 1, 1)).toBe(2);
  expect(siblingOf(graph, 1, -1)).toBeUndefined();
});

test("matches are gone through round and round", () => {
  const failed = (node: { phase: string }) => node.phase === "Failed";
  expect([undefined, 1, 3].map((from) => nextMatch(graph, from, 1, failed)?.idx)).toEqual([1, 3, 1]);
  expect(nextMatch(graph, 1, -1, failed)?.idx).toBe(3);
  expect(nextMatch(graph, 1, 1, () => false)).toBeUndefined();
});
