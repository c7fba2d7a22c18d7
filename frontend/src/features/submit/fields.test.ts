import { describe, expect, test } from "vitest";
import { changedValues, faultOf, fieldsOf, isBlocking } from "./fields";

function only(parameter: object) {
  return fieldsOf({ arguments: { parameters: [{ name: "x", ...parameter }] } }, undefined)[0]!;
}

describe("fieldsOf", () => {
  test.each([
    ["an enum is a choice", { enum: ["a", "b"], value: "a" }, "choice"],
    ["true or false", { value: "true" }, "boolean"],
    ["a number as text", { value: "-1.5" }, "number"],
    ["a number that YAML made one", { value: 3 }, "number"],
    ["a list", { value: '["a"]' }, "json"],
    ["braces that are no JSON", { value: "{{workflow.name}}" }, "text"],
    ["several lines", { value: "a\nb" }, "lines"],
    ["nothing known", {}, "text"],
  ])("%s", (_, parameter, kind) => expect(only(parameter).kind).toBe(kind));

  test("an input of the entrypoint is asked for unless an argument has its name", () => {
    const spec = {
      entrypoint: "main",
      arguments: { parameters: [{ name: "a", value: "1" }] },
      templates: [
        { name: "main", inputs: { parameters: [{ name: "a" }, { name: "b" }] } },
        { name: "other", inputs: { parameters: [{ name: "c" }] } },
      ],
    };
    expect(fieldsOf(spec, undefined).map((field) => field.name)).toEqual(["a", "b"]);
    expect(fieldsOf(spec, "other").map((field) => field.name)).toEqual(["a", "c"]);
  });
});

describe("faultOf", () => {
  test.each([
    ["no value anywhere", {}, undefined, "missing"],
    ["an empty text is a value", {}, "", undefined],
    ["a value looked up elsewhere", { valueFrom: {} }, undefined, undefined],
    ["no such choice", { enum: ["a"], value: "a" }, "b", "not-a-choice"],
    ["broken JSON", { value: "{}" }, "{", "not-json"],
    ["no number", { value: "1" }, "one", "not-a-number"],
    ["an emptied number", { value: "1" }, "", "not-a-number"],
  ])("%s", (_, parameter, entered, fault) => expect(faultOf(only(parameter), entered)).toBe(fault));

  test("what only looks wrong may be sent", () => {
    expect([undefined, "not-json", "not-a-number", "missing", "not-a-choice"].map((one) => isBlocking(one as never))).toEqual(
      [false, false, false, true, true],
    );
  });
});

test("only what differs is sent, and nothing that has no field", () => {
  const fields = fieldsOf({ arguments: { parameters: [{ name: "a", value: "1" }, { name: "b", value: "2" }] } }, undefined);
  expect(changedValues(fields, { a: "1", b: "3", gone: "4" })).toEqual({ b: "3" });
});
