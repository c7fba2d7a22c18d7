// From the parameters of a stored object to the fields of a form: what a person is asked, and how.

import type { WorkflowSpec } from "@/shared/api/library";
import type { Parameter } from "@/shared/api/types";

export type FieldKind = "choice" | "boolean" | "number" | "json" | "lines" | "text";

export interface Field {
  name: string;
  kind: FieldKind;
  description: string;
  choices: readonly string[];
  /** what holds when nothing is entered; undefined when something must be */
  initial: string | undefined;
}

/** What was entered, by the names of fields; a field that is not in it keeps its initial value. */
export type Entered = Readonly<Record<string, string>>;

/** The arguments of the whole, then inputs of the entrypoint that they do not name. */
export function fieldsOf(spec: WorkflowSpec, entrypoint: string | undefined): Field[] {
  const own = spec.arguments?.parameters ?? [];
  const entry = spec.templates?.find((template) => template.name === (entrypoint || spec.entrypoint));
  const named = new Set(own.map((parameter) => parameter.name));
  const more = (entry?.inputs?.parameters ?? []).filter((parameter) => !named.has(parameter.name));
  return [...own, ...more].map(fieldOf);
}

function fieldOf(parameter: Parameter): Field {
  const given = parameter.value ?? parameter.default;
  const initial = given === undefined ? fallback(parameter) : textOf(given);
  const choices = (parameter.enum ?? []).map(textOf);
  return {
    name: parameter.name,
    kind: choices.length > 0 ? "choice" : kindOf(initial),
    description: parameter.description ?? "",
    choices,
    initial,
  };
}

// Values that the server looks up (in a ConfigMap, say) need not be entered.
function fallback(parameter: Parameter): string | undefined {
  if (!parameter.valueFrom) return undefined;
  return parameter.valueFrom.default === undefined ? "" : textOf(parameter.valueFrom.default);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function kindOf(initial: string | undefined): FieldKind {
  if (initial === undefined) return "text";
  if (initial === "true" || initial === "false") return "boolean";
  if (/^-?\d+(\.\d+)?$/.test(initial)) return "number";
  if (/^\s*[[{]/.test(initial) && isJson(initial)) return "json";
  return initial.includes("\n") || initial.length > 120 ? "lines" : "text";
}

export type FieldFault = "missing" | "not-a-choice" | "not-json" | "not-a-number";

/** Faults that keep a form from being sent are "missing" and "not-a-choice"; the others only look wrong. */
export function faultOf(field: Field, entered: string | undefined): FieldFault | undefined {
  const value = entered ?? field.initial;
  if (value === undefined) return "missing";
  if (field.kind === "choice") return field.choices.includes(value) ? undefined : "not-a-choice";
  if (field.kind === "json" && !isJson(value)) return "not-json";
  if (field.kind === "number" && !Number.isFinite(Number(value || Number.NaN))) return "not-a-number";
  return undefined;
}

export function isBlocking(fault: FieldFault | undefined): boolean {
  return fault === "missing" || fault === "not-a-choice";
}

/** The entered values of fields that exist, and differ from what would hold anyway. */
export function changedValues(fields: readonly Field[], entered: Entered): Record<string, string> {
  const changed = fields.filter((field) => entered[field.name] !== undefined && entered[field.name] !== field.initial);
  return Object.fromEntries(changed.map((field) => [field.name, entered[field.name]!]));
}

/** With `value` for a field, or without any. */
export function withValue(entered: Entered, name: string, value: string | undefined): Entered {
  const others = Object.entries(entered).filter(([other]) => other !== name);
  return Object.fromEntries(value === undefined ? others : [...others, [name, value]]);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
