// The form of a suspend node: its supplied outputs, with choices and help from the inputs of the same names. Pure.

import type { Parameter } from "@/shared/api/types";

export interface ApprovalField {
  name: string;
  initial: string;
  choices: readonly string[] | undefined;
  help: string | undefined;
  /** without an answer the node cannot go on */
  required: boolean;
}

interface Asking {
  inputs?: { parameters?: Parameter[] };
  outputs?: { parameters?: Parameter[] };
}

export function approvalFields(node: Asking): ApprovalField[] {
  const inputs = new Map((node.inputs?.parameters ?? []).map((input) => [input.name, input]));
  const outputs = (node.outputs?.parameters ?? []).filter((output) => output.valueFrom?.supplied);
  return outputs.map((output) => fieldOf(output, inputs.get(output.name)));
}

function fieldOf(output: Parameter, input: Parameter | undefined): ApprovalField {
  const choices = input?.enum?.length ? input.enum : undefined;
  const fallback = output.valueFrom?.default;
  const candidates = [input?.value, input?.default, fallback, choices?.[0]].filter((value) => typeof value === "string");
  return {
    name: output.name,
    initial: candidates.find((value) => !choices || choices.includes(value)) ?? "",
    choices,
    help: input?.description ?? output.description,
    required: candidates.length === 0,
  };
}
