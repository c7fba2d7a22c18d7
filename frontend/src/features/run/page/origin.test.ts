import { expect, test } from "vitest";
import type { RunSummary } from "@/shared/api/types";
import type { Workflow } from "../model/useWorkflow";
import { originOf } from "./origin";

const run = (labels: Record<string, string>) => ({ metadata: { labels } }) as RunSummary;
const LABEL = "workflows.argoproj.io/";

test("the template a run was started from comes before those it refers to", () => {
  const templates = [
    { kind: "ClusterWorkflowTemplate", name: "tools", revision: 2 },
    { kind: "WorkflowTemplate", name: "train", revision: 7 },
  ];
  const origin = originOf(run({ [`${LABEL}workflow-template`]: "train" }), { sluice: { templates } } as unknown as Workflow);
  expect(origin.templates.map(({ name, revision }) => [name, revision])).toEqual([["train", 7], ["tools", 2]]); // prettier-ignore
});

test("before the whole run is known its labels tell", () => {
  const origin = originOf(run({ [`${LABEL}workflow-template`]: "train", [`${LABEL}cron-workflow`]: "nightly" }), undefined);
  expect(origin).toEqual({
    templates: [{ kind: "WorkflowTemplate", name: "train", revision: undefined }],
    schedule: "nightly",
    again: undefined,
  });
});
