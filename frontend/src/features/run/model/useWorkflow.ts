// The whole Workflow object of a run, with the values of every node: large, so asked for only by the tabs that need
// it, and again when the run has ended, has been retried, or somebody asks.

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { request } from "@/shared/api/client";
import type { Artifact, NodePhase, Outputs, Parameter, RunSummary } from "@/shared/api/types";

export interface Inputs {
  parameters?: Parameter[];
  artifacts?: Artifact[];
}

/** A node as the Workflow object tells it: Argo's NodeStatus, as far as the tabs read it. */
export interface WorkflowNode {
  id: string;
  name: string;
  displayName: string;
  type: string;
  phase: NodePhase;
  startedAt: string | null;
  inputs?: Inputs;
  outputs?: Outputs;
}

export interface Workflow {
  metadata: RunSummary["metadata"];
  spec: { arguments?: Inputs } & Record<string, unknown>;
  status: RunSummary["status"] & {
    nodes?: Record<string, WorkflowNode>;
    storedTemplates?: Record<string, unknown>;
    conditions?: { type: string; status: string; message?: string }[];
  };
}

export function useWorkflow(uid: string, run: RunSummary | undefined): UseQueryResult<Workflow> {
  return useQuery({
    queryKey: ["run", uid, "workflow", run?.status.phase, run?.sluice.attempt],
    queryFn: ({ signal }) => request<Workflow>(`/api/runs/${uid}`, { signal }),
    placeholderData: (before, asked) => (asked?.queryKey[1] === uid ? before : undefined),
    staleTime: 10_000,
  });
}
