import { expect, test } from "vitest";
import { linkOfRun, type SubmittedRun } from "./again";

function run(labels: Record<string, string>, spec: SubmittedRun["spec"]): SubmittedRun {
  return { metadata: { name: "r", namespace: "n", uid: "u", creationTimestamp: "", labels }, spec: spec ?? {} };
}

const parameters = [{ name: "a", value: "1" }, { name: "looked-up" }];

test("a run of a template: its arguments and the labels people gave it", () => {
  const link = linkOfRun(
    run({ team: "blue", "workflows.argoproj.io/creator": "ada" }, { workflowTemplateRef: { name: "t", clusterScope: true }, arguments: { parameters } }),
  )!;
  const query = new URL(link, "http://x").searchParams;
  expect(Object.fromEntries(query)).toEqual({ namespace: "n", kind: "ClusterWorkflowTemplate", template: "t", "p.a": "1", label: "team=blue" });
});

test("a run of a schedule is made from the schedule again", () =>
  expect(linkOfRun(run({ "workflows.argoproj.io/cron-workflow": "nightly" }, { entrypoint: "main" }))).toContain(
    "kind=CronWorkflow&template=nightly",
  ));

test("a run of a manifest has no form", () => expect(linkOfRun(run({}, { entrypoint: "main" }))).toBeUndefined());
