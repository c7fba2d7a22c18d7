import { describe, expect, test } from "vitest";
import { bodyOf, choiceOf, enteredOf, extrasOf, isPair, isPriority, linkTo, NO_EXTRAS, type Choice } from "./link";

const choice: Choice = { kind: "ClusterWorkflowTemplate", name: "release", revision: 3, entrypoint: "main" };
const extras = { ...NO_EXTRAS, name: "mine", priority: "-5", labels: ["team=a=b", "名=値"], annotations: ["note=two words"] };

describe("the address", () => {
  test("gives back what it was made of", () => {
    const values = { "a&b": "1 = 2 & 3", 絵文字: "🌊\nnext line", empty: "" };
    const query = new URL(linkTo("default", choice, values, extras), "http://x").searchParams;
    expect(choiceOf(query)).toEqual(choice);
    expect(enteredOf(query)).toEqual(values);
    expect(extrasOf(query)).toEqual(extras);
    expect(query.get("namespace")).toBe("default");
  });

  test.each(["kind=Pod", "revision=-1", "revision=x", ""])("%j comes to defaults", (text) =>
    expect(choiceOf(new URLSearchParams(text))).toEqual({ kind: "WorkflowTemplate", name: "", revision: undefined, entrypoint: "" }),
  );
});

describe("the body", () => {
  test("says all that was entered", () =>
    expect(bodyOf(choice, { x: "1" }, extras)).toEqual({
      template: { kind: "ClusterWorkflowTemplate", name: "release", revision: 3 },
      entrypoint: "main",
      parameters: { x: "1" },
      name: "mine",
      priority: -5,
      labels: { team: "a=b", 名: "値" },
      annotations: { note: "two words" },
    }));

  test("leaves out what was not", () =>
    expect(bodyOf({ ...choice, revision: undefined, entrypoint: "" }, {}, NO_EXTRAS)).toEqual({
      template: { kind: "ClusterWorkflowTemplate", name: "release" },
    }));
});

test.each([["a=b", true], ["a=", true], ["=b", false], ["a b=c", false], ["a", false]])("%j is a pair: %s", (text, expected) =>
  expect(isPair(text)).toBe(expected),
); // prettier-ignore

test.each([["", true], ["-3", true], ["1.5", false], ["x", false]])("%j is a priority: %s", (text, expected) =>
  expect(isPriority(text)).toBe(expected),
); // prettier-ignore
