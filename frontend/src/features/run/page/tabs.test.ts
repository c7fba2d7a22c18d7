import { expect, test } from "vitest";
import { nextView, tabOf } from "./tabs";

test("an unknown tab is the graph", () => {
  expect(tabOf("logs")).toBe("logs");
  expect(tabOf(undefined)).toBe("graph");
  expect(tabOf("nonsense")).toBe("graph");
});

test("the views go around", () => {
  expect(nextView("graph")).toBe("tree");
  expect(nextView("timeline")).toBe("graph");
  expect(nextView("logs")).toBe("graph");
});
