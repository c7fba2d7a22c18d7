import { expect, test } from "vitest";
import { graphOf } from "../model/sample";
import { nodeWithId } from "../model/tree";
import { attemptsOf, containersOf } from "./attempts";

const graph = graphOf([
  ["run", "Retry", [], null],
  ["run(0)", "Pod", ["run"], null],
  ["run(1)", "Pod", ["run"], null],
  ["run(1).hooks.x", "Pod", ["run(1)"], null, { nodeFlag: { hooked: true } }],
  ["run(1).main", "Container", ["run(1)"], "run(1)"],
]);
const names = (id: string, of: typeof attemptsOf) => of(graph, nodeWithId(graph, `id-${id}`)!).map((node) => node.name);

test("the attempts, from the retry and from each of them", () => {
  expect(names("run", attemptsOf)).toEqual(["run(0)", "run(1)"]);
  expect(names("run(1)", attemptsOf)).toEqual(["run(0)", "run(1)"]);
  expect(names("run(1).main", attemptsOf)).toEqual([]);
});

test("the containers inside a node", () => {
  expect(names("run(1)", containersOf)).toEqual(["run(1).main"]);
  expect(names("run(0)", containersOf)).toEqual([]);
});
