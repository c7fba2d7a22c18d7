// Stored objects (templates and schedules) in the API: where each kind is, and what its answers hold.

import { useQuery } from "@tanstack/react-query";
import { request } from "./client";
import type { Parameter } from "./types";

export const TEMPLATE_KINDS = ["WorkflowTemplate", "ClusterWorkflowTemplate"] as const;
export const STORED_KINDS = [...TEMPLATE_KINDS, "CronWorkflow"] as const;
export type StoredKind = (typeof STORED_KINDS)[number];

export interface StoredObject {
  kind: StoredKind;
  namespace: string | null;
  name: string;
  revision: number;
  labels: Record<string, string>;
  createdAt: string;
  updatedAt: string;
}

export interface WorkflowSpec {
  entrypoint?: string;
  arguments?: { parameters?: Parameter[] };
  templates?: { name: string; inputs?: { parameters?: Parameter[] } }[];
  workflowTemplateRef?: { name: string; clusterScope?: boolean };
}

export interface StoredDetail extends StoredObject {
  source: string;
  manifest: {
    metadata?: { annotations?: Record<string, string>; labels?: Record<string, string> };
    spec?: WorkflowSpec & { workflowSpec?: WorkflowSpec };
  };
}

export interface Revision {
  revision: number;
  createdAt: string;
  author: string;
  message: string;
  restoredFrom: number | null;
}

export interface RevisionDetail extends Revision {
  source: string;
  manifest: StoredDetail["manifest"];
}

export function isStoredKind(kind: string | undefined): kind is StoredKind {
  return STORED_KINDS.some((known) => known === kind);
}

/** The address of all objects of a kind. */
export function collectionPath(kind: StoredKind, namespace: string): string {
  if (kind === "ClusterWorkflowTemplate") return "/api/cluster-workflow-templates";
  const collection = kind === "CronWorkflow" ? "cron-workflows" : "workflow-templates";
  return `/api/namespaces/${encodeURIComponent(namespace)}/${collection}`;
}

export function objectPath(kind: StoredKind, namespace: string, name: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** What a stored object would run: a schedule holds it one level deeper. */
export function specOf(manifest: StoredDetail["manifest"]): WorkflowSpec {
  return manifest.spec?.workflowSpec ?? manifest.spec ?? {};
}

const PAGE = 500;
const MOST = 1_000;

async function listAll(kind: StoredKind, namespace: string, signal: AbortSignal): Promise<StoredObject[]> {
  const found: StoredObject[] = [];
  for (let offset: number | null = 0; offset !== null && found.length < MOST; ) {
    const page: { items: StoredObject[]; next: number | null } = await request(collectionPath(kind, namespace), {
      query: { limit: PAGE, offset },
      signal,
    });
    found.push(...page.items);
    offset = page.next;
  }
  return found;
}

/** The first thousand stored objects of a kind, by name. */
export function useStoredObjects(kind: StoredKind, namespace: string) {
  return useQuery({
    queryKey: ["stored", kind, namespace],
    queryFn: ({ signal }) => listAll(kind, namespace, signal),
    enabled: namespace !== "",
  });
}

/** One stored object, as it is or, with `revision`, as it was; nothing is asked without a name. */
export function useStoredObject(kind: StoredKind, namespace: string, name: string, revision?: number) {
  const path = objectPath(kind, namespace, name);
  return useQuery({
    queryKey: ["stored", kind, namespace, name, revision ?? "present"],
    queryFn: ({ signal }) =>
      request<StoredDetail | RevisionDetail>(revision ? `${path}/revisions/${revision}` : path, { signal }),
    enabled: namespace !== "" && name !== "",
  });
}
