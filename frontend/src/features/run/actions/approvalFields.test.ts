import { expect, test } from "vitest";
import { approvalFields } from "./approvalFields";

const supplied = { supplied: {} };

test("fields are the supplied outputs, described by the inputs of their names", () => {
  const fields = approvalFields({
    inputs: {
      parameters: [
        { name: "decision", value: "hold", enum: ["ship", "hold"], description: "What happens" },
        { name: "other", value: "x" },
      ],
    },
    outputs: {
      parameters: [
        { name: "decision", valueFrom: supplied },
        { name: "note", valueFrom: { ...supplied, default: "none" } },
        { name: "bare", valueFrom: supplied, description: "Free text" },
        { name: "computed", value: "1" },
      ],
    },
  });
  expect(fields).toEqual([
    { name: "decision", initial: "hold", choices: ["ship", "hold"], help: "What happens", required: false },
    { name: "note", initial: "none", choices: undefined, help: undefined, required: false },
    { name: "bare", initial: "", choices: undefined, help: "Free text", required: true },
  ]);
});

test("a value that is not among the choices gives way to the default, else the first choice", () => {
  const field = (input: object) =>
    approvalFields({ inputs: { parameters: [{ name: "a", ...input }] }, outputs: { parameters: [{ name: "a", valueFrom: supplied }] } })[0];
  expect(field({ value: '{"enum":["x","y"]}', enum: ["x", "y"], default: "y" })?.initial).toBe("y");
  expect(field({ value: '{"enum":["x","y"]}', enum: ["x", "y"] })?.initial).toBe("x");
});

test("a gate without supplied outputs has no fields", () => expect(approvalFields({})).toEqual([]));
