// The parameters and results of a run and its nodes as rows. Pure.

import type { Parameter } from "@/shared/api/types";
import { folded, hasWords } from "../model/filter";
import type { Inputs, Workflow, WorkflowNode } from "../model/useWorkflow";

export interface ValueRow {
  key: string;
  /** undefined: the run as a whole */
  node: WorkflowNode | undefined;
  side: "inputs" | "outputs";
  name: string;
  value: string;
}

/** The run's own first, then those of the nodes in order; with `node` only that node's. */
export function valuesOf(workflow: Workflow, node: string | undefined): ValueRow[] {
  const nodes = Object.values(workflow.status.nodes ?? {});
  if (node !== undefined) return nodes.filter((one) => one.id === node).flatMap(ofNode);
  return [
    ...rowsOf("run", undefined, "inputs", workflow.spec.arguments),
    ...rowsOf("run", undefined, "outputs", workflow.status.outputs),
    ...nodes.flatMap(ofNode),
  ];
}

function ofNode(node: WorkflowNode): ValueRow[] {
  return [...rowsOf(node.id, node, "inputs", node.inputs), ...rowsOf(node.id, node, "outputs", node.outputs)];
}

type Values = Inputs & { result?: string; exitCode?: string };

function rowsOf(key: string, node: WorkflowNode | undefined, side: ValueRow["side"], values: Values | undefined): ValueRow[] {
  const rows = (values?.parameters ?? []).map((parameter): ValueRow => ({
    key: `${key} ${side} ${parameter.name}`,
    node,
    side,
    name: parameter.name,
    value: textOf(parameter),
  }));
  for (const name of ["result", "exitCode"] as const) {
    const value = values?.[name];
    if (value !== undefined) rows.push({ key: `${key} ${side} ${name}`, node, side, name, value });
  }
  return rows;
}

// A value may be any scalar in a manifest, and is missing as long as nobody has supplied it.
function textOf(parameter: Parameter): string {
  const value: unknown = parameter.value ?? parameter.default;
  if (value === undefined || value === null) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

export function matchingValues(rows: readonly ValueRow[], text: string): readonly ValueRow[] {
  const words = folded(text).split(/\s+/).filter(Boolean);
  if (words.length === 0) return rows;
  return rows.filter((row) => hasWords(`${row.name}\n${row.value}\n${row.node?.name ?? ""}`, words));
}
