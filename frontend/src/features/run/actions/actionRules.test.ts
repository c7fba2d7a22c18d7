import { expect, test } from "vitest";
import type { RunSummary } from "@/shared/api/types";
import { changedValues, menuActions, primaryAction } from "./actionRules";

function run(phase: string, sluice: Partial<RunSummary["sluice"]> = {}): RunSummary {
  return { status: { phase }, sluice: { suspended: false, shutdown: "", ...sluice } } as RunSummary;
}

test.each([
  [run("Failed"), "retry", ["resubmit", "delete"]],
  [run("Error"), "retry", ["resubmit", "delete"]],
  [run("Succeeded"), "resubmit", ["retry", "delete"]],
  [run("Running"), "stop", ["suspend", "terminate", "resubmit", "delete"]],
  [run("Pending"), "stop", ["suspend", "terminate", "resubmit", "delete"]],
  [run("Running", { suspended: true }), "resume", ["stop", "terminate", "resubmit", "delete"]],
  [run("Running", { shutdown: "Stop" }), "terminate", ["suspend", "stop", "resubmit", "delete"]],
])("primary action and menu (%#)", (of, primary, menu) => {
  expect(primaryAction(of)).toBe(primary);
  expect(menuActions(of)).toEqual(menu);
});

test("only what was changed is sent", () =>
  expect(changedValues({ a: "1", b: "2" }, { a: "1", b: "3", c: "" })).toEqual({ b: "3", c: "" }));
