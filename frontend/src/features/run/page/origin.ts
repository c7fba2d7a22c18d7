// What a run was made from: stored templates at their revisions, a schedule, another run. Pure.

import type { RunSummary } from "@/shared/api/types";
import type { Workflow } from "../model/useWorkflow";

export interface TemplateUsed {
  kind: string;
  name: string;
  revision: number | undefined;
}

export interface Origin {
  templates: TemplateUsed[];
  schedule: string | undefined;
  /** the name of the run that was submitted again */
  again: string | undefined;
}

const LABEL = "workflows.argoproj.io/";

/** The template the run was started from comes first; those it refers to follow. */
export function originOf(run: RunSummary, workflow: Workflow | undefined): Origin {
  const labels = run.metadata.labels;
  const named = labels[`${LABEL}workflow-template`] ?? labels[`${LABEL}cluster-workflow-template`];
  const used = templatesOf(workflow);
  const templates = used.toSorted((one, other) => Number(other.name === named) - Number(one.name === named));
  if (named && !used.some(({ name }) => name === named)) {
    const kind = labels[`${LABEL}workflow-template`] ? "WorkflowTemplate" : "ClusterWorkflowTemplate";
    templates.unshift({ kind, name: named, revision: undefined });
  }
  return { templates, schedule: labels[`${LABEL}cron-workflow`], again: labels[`${LABEL}resubmitted-from-workflow`] };
}

function templatesOf(workflow: Workflow | undefined): TemplateUsed[] {
  const own = (workflow as { sluice?: { templates?: TemplateUsed[] } } | undefined)?.sluice;
  return own?.templates ?? [];
}
