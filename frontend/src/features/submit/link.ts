// The form's state as an address and back, so that a filled form can be shared; and the body that is sent.

import { isStoredKind, type StoredKind } from "@/shared/api/library";
import type { Entered } from "./fields";

export interface Choice {
  kind: StoredKind;
  /** "" while none is chosen */
  name: string;
  revision: number | undefined;
  entrypoint: string;
}

export interface Extras {
  name: string;
  generateName: string;
  serviceAccountName: string;
  priority: string;
  labels: readonly string[];
  annotations: readonly string[];
}

export const NO_EXTRAS: Extras = {
  name: "", generateName: "", serviceAccountName: "", priority: "", labels: [], annotations: [],
}; // prettier-ignore

const VALUE = "p.";
const TEXTS = ["name", "generateName", "serviceAccountName", "priority"] as const;
const PAIRS = { labels: "label", annotations: "annotation" } as const;

export function choiceOf(query: URLSearchParams): Choice {
  const kind = query.get("kind") ?? "";
  const revision = Number(query.get("revision"));
  return {
    kind: isStoredKind(kind) ? kind : "WorkflowTemplate",
    name: query.get("template") ?? "",
    revision: Number.isInteger(revision) && revision > 0 ? revision : undefined,
    entrypoint: query.get("entrypoint") ?? "",
  };
}

export function enteredOf(query: URLSearchParams): Entered {
  const found = [...query].filter(([key]) => key.startsWith(VALUE));
  return Object.fromEntries(found.map(([key, value]) => [key.slice(VALUE.length), value]));
}

export function extrasOf(query: URLSearchParams): Extras {
  const texts = Object.fromEntries(TEXTS.map((field) => [field, query.get(field) ?? ""]));
  return { ...NO_EXTRAS, ...texts, labels: query.getAll(PAIRS.labels), annotations: query.getAll(PAIRS.annotations) };
}

/** The address of the form, filled. */
export function linkTo(namespace: string, choice: Choice, values: Entered, extras: Extras): string {
  const query = new URLSearchParams({ namespace, kind: choice.kind, template: choice.name });
  if (choice.revision) query.set("revision", String(choice.revision));
  if (choice.entrypoint) query.set("entrypoint", choice.entrypoint);
  for (const [name, value] of Object.entries(values)) query.set(VALUE + name, value);
  for (const field of TEXTS) if (extras[field]) query.set(field, extras[field]);
  for (const field of ["labels", "annotations"] as const) for (const pair of extras[field]) query.append(PAIRS[field], pair);
  return `/submit?${query}`;
}

/** The body of a submit of a stored object. */
export function bodyOf(choice: Choice, values: Record<string, string>, extras: Extras): Record<string, unknown> {
  const template = { kind: choice.kind, name: choice.name, ...(choice.revision ? { revision: choice.revision } : {}) };
  const body: Record<string, unknown> = { template };
  if (choice.entrypoint) body["entrypoint"] = choice.entrypoint;
  if (Object.keys(values).length > 0) body["parameters"] = values;
  for (const field of ["name", "generateName", "serviceAccountName"] as const) if (extras[field]) body[field] = extras[field];
  if (extras.priority) body["priority"] = Number(extras.priority);
  if (extras.labels.length > 0) body["labels"] = pairs(extras.labels);
  if (extras.annotations.length > 0) body["annotations"] = pairs(extras.annotations);
  return body;
}

/** "key=value": a key without blanks, then anything. */
export function isPair(text: string): boolean {
  return /^[^\s=]+=/.test(text);
}

export function isPriority(text: string): boolean {
  return text === "" || /^-?\d{1,9}$/.test(text);
}

function pairs(texts: readonly string[]): Record<string, string> {
  return Object.fromEntries(texts.map((text) => [text.slice(0, text.indexOf("=")), text.slice(text.indexOf("=") + 1)]));
}
