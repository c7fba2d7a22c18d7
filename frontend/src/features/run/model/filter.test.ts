import { expect, test } from "vitest";
import { filterOf, matcherOf, withFilter, type NodeFilter } from "./filter";
import { graphOf } from "./sample";

const NONE: NodeFilter = { text: "", states: [], types: [], templates: [] };
const graph = graphOf([
  ["run.build", "Pod", [], null, { templateName: "Compile", message: "exit code 2", phase: "Failed" }],
  ["run.テスト", "Pod", [], null, { templateName: "check" }],
  ["run.gate", "Suspend", [], null, { phase: "Running", waiting: { reason: "person" } }],
]);

test.each<[string, Partial<NodeFilter>, string[]]>([
  ["words in any field and order", { text: "CODE compile" }, ["run.build"]],
  ["hiragana for katakana", { text: "てすと" }, ["run.テスト"]],
  ["half width for full width", { text: "ﾃｽﾄ" }, ["run.テスト"]],
  ["what a node waits for", { states: ["approval"] }, ["run.gate"]],
  ["type and template", { types: ["Pod"], templates: ["check"] }, ["run.テスト"]],
  ["one of several states", { states: ["approval", "failed"] }, ["run.build", "run.gate"]],
])("%s", (_, filter, names) => {
  const matches = matcherOf({ ...NONE, ...filter })!;
  expect([...graph.nodes.values()].filter(matches).map((node) => node.name)).toEqual(names);
});

test("an empty filter is none", () => expect(matcherOf(NONE)).toBeUndefined());

test("the URL gives back what was put in, keeps the rest, and ignores states there are none of", () => {
  const filter: NodeFilter = { text: "a b", states: ["failed", "lock"], types: ["Pod"], templates: ["x&y"] };
  const parameters = withFilter(new URLSearchParams("node=n1&q=old&state=none"), filter);
  expect(parameters.get("node")).toBe("n1");
  expect(filterOf(parameters)).toEqual(filter);
  expect(filterOf(new URLSearchParams("state=none")).states).toEqual([]);
});
