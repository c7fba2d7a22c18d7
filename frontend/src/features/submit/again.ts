// Submitting as another run was: the filled form of a run that came from a stored object.

import { isStoredKind, type WorkflowSpec } from "@/shared/api/library";
import type { RunSummary } from "@/shared/api/types";
import { linkTo, NO_EXTRAS } from "./link";

/** GET /api/runs/UID, as far as it matters here. */
export type SubmittedRun = Pick<RunSummary, "metadata"> & { spec?: WorkflowSpec };

const OWN_LABELS = /(^|\.)(argoproj\.io|sluice\.[a-z]+)\//;
const FROM_SCHEDULE = "workflows.argoproj.io/cron-workflow";

/** The address of the form filled as `run` was, undefined for one that was submitted as a manifest. */
export function linkOfRun(run: SubmittedRun): string | undefined {
  const ref = run.spec?.workflowTemplateRef;
  const schedule = run.metadata.labels[FROM_SCHEDULE];
  const kind = schedule ? "CronWorkflow" : ref?.clusterScope ? "ClusterWorkflowTemplate" : "WorkflowTemplate";
  const name = schedule ?? ref?.name;
  if (!name || !isStoredKind(kind)) return undefined;
  const entrypoint = (ref && run.spec?.entrypoint) ?? "";
  const given = (run.spec?.arguments?.parameters ?? []).filter((parameter) => typeof parameter.value === "string");
  const values = Object.fromEntries(given.map((parameter) => [parameter.name, parameter.value!]));
  const labels = Object.entries(run.metadata.labels).filter(([key]) => !OWN_LABELS.test(key));
  const extras = { ...NO_EXTRAS, labels: labels.map(([key, value]) => `${key}=${value}`) };
  return linkTo(run.metadata.namespace, { kind, name, revision: undefined, entrypoint }, values, extras);
}
