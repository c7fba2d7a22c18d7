import { expect, test } from "vitest";
import { isFiltered, readFilters, withFilters } from "./filters";

test("what the URL says is read, what no phase is called is left out", () => {
  const parameters = new URLSearchParams("phase=Failed,Nonsense,Error&name=ci-&namespace=a");
  expect(readFilters(parameters)).toEqual({ phases: ["Failed", "Error"], name: "ci-", template: "" });
});

test("filters are put into the URL beside all else, and taken out when empty", () => {
  const parameters = new URLSearchParams("namespace=a&name=old&template=t");
  const next = withFilters(parameters, { phases: ["Running"], name: "" });
  expect(next.toString()).toBe("namespace=a&template=t&phase=Running");
});

test("no filter is no filter", () => {
  expect(isFiltered(readFilters(new URLSearchParams("namespace=a")))).toBe(false);
  expect(isFiltered(readFilters(new URLSearchParams("template=a")))).toBe(true);
});
