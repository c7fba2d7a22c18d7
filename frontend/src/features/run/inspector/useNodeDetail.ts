// One node with its values, asked again whenever the live graph shows that it changed.

import { useQuery, type UseQueryResult } from "@tanstack/react-query";
import { request } from "@/shared/api/client";
import type { GraphNode, NodePhase, Outputs, Waiting } from "@/shared/api/types";
import type { Inputs } from "../model/useWorkflow";

/** Argo's NodeStatus as the inspector reads it. */
export interface NodeDetail {
  id: string;
  name: string;
  displayName: string;
  type: string;
  phase: NodePhase;
  templateName?: string;
  templateRef?: { name: string; template: string; clusterScope?: boolean };
  message?: string;
  startedAt: string | null;
  finishedAt: string | null;
  inputs?: Inputs;
  outputs?: Outputs;
  hostNodeName?: string;
  estimatedDuration?: number;
  resourcesDuration?: Record<string, number>;
  memoizationStatus?: { hit?: boolean; key?: string; cacheName?: string };
  sluice: { attempt: number; waiting: Waiting | null };
}

export function useNodeDetail(uid: string, nodeId: string, live?: GraphNode): UseQueryResult<NodeDetail> {
  return useQuery({
    queryKey: ["run", uid, "node", nodeId, live?.phase, live?.message, live?.finishedAt, live?.waiting?.reason],
    queryFn: ({ signal }) => request<NodeDetail>(`/api/runs/${uid}/nodes/${encodeURIComponent(nodeId)}`, { signal }),
    placeholderData: (last) => (last?.id === nodeId ? last : undefined),
  });
}
