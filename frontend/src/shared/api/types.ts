// What the server's answers hold, as far as the pages read it. Field names are Argo's; Sluice's own stand under `sluice`.

export type NodePhase = "Pending" | "Running" | "Succeeded" | "Skipped" | "Failed" | "Error" | "Omitted";
export type RunPhase = "" | "Pending" | "Running" | "Succeeded" | "Failed" | "Error";

export type ActionName =
  | "stop" | "terminate" | "suspend" | "resume" | "set" | "retry" | "resubmit" | "delete"; // prettier-ignore

export interface ActionVerdict {
  allowed: boolean;
  code?: string;
  reason?: string;
}

export interface RunSummary {
  metadata: {
    name: string;
    namespace: string;
    uid: string;
    creationTimestamp: string;
    labels: Record<string, string>;
    annotations?: Record<string, string>;
  };
  status: {
    phase: RunPhase;
    startedAt: string | null;
    finishedAt: string | null;
    message?: string;
    progress?: string;
    outputs?: Outputs;
  };
  sluice: {
    seq: number;
    attempt: number;
    nodeCount: number;
    phaseCounts: Partial<Record<NodePhase, number>>;
    suspended: boolean;
    shutdown: "" | "Stop" | "Terminate";
    creator: string;
    allowedActions: Partial<Record<ActionName, ActionVerdict>>;
  };
}

export interface Parameter {
  name: string;
  value?: string | null;
  default?: string;
  description?: string;
  enum?: string[];
  globalName?: string;
  valueFrom?: { supplied?: object; default?: string };
}

export interface Artifact {
  name: string;
  path?: string;
  deleted?: boolean;
}

export interface Outputs {
  parameters?: Parameter[];
  artifacts?: Artifact[];
  result?: string;
  exitCode?: string;
}

/** Why a node does not go on: {"reason": "person" | "time" | "lock" | "backoff" | "readiness", …}. */
export interface Waiting {
  reason: string;
  until?: number;
  lock?: string;
  holders?: unknown[];
  position?: number;
}

/** The columns of a graph, see the API's description of /graph. Times are milliseconds since the epoch. */
export interface GraphChanges {
  since: number;
  seq: number;
  count: number;
  columns: Partial<Record<keyof GraphNode, unknown[]>>;
  deleted: number[];
}

/** One node as the graph holds it; `boundary` and `parents` are idx of other nodes. */
export interface GraphNode {
  idx: number;
  id: string;
  name: string;
  displayName: string;
  type: string;
  phase: NodePhase;
  boundary: number | null;
  parents: readonly number[];
  templateName: string;
  message: string;
  startedAt: number | null;
  finishedAt: number | null;
  nodeFlag: { hooked?: boolean; retried?: boolean } | null;
  waiting: Waiting | null;
}
