// Which nodes somebody wants to see. The filter stands in the URL, so that tree and table share it. Pure.

import { stateOfNode, STATES, type State } from "@/shared/state/states";
import type { GraphNode } from "@/shared/api/types";

export interface NodeFilter {
  text: string;
  states: readonly State[];
  types: readonly string[];
  templates: readonly string[];
}

/** undefined when the filter lets everything through. */
export function matcherOf(filter: NodeFilter): ((node: GraphNode) => boolean) | undefined {
  const words = folded(filter.text).split(/\s+/).filter(Boolean);
  const { states, types, templates } = filter;
  if (!words.length && !states.length && !types.length && !templates.length) return undefined;
  return (node) =>
    (!states.length || states.includes(stateOfNode(node))) &&
    (!types.length || types.includes(node.type)) &&
    (!templates.length || templates.includes(node.templateName)) &&
    (!words.length || hasWords(`${node.name}\n${node.templateName}\n${node.message}\n${node.id}`, words));
}

/** One text for spellings that people take for the same: case, full and half width, hiragana and katakana. */
export function folded(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[ァ-ヶ]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60));
}

export function hasWords(text: string, words: readonly string[]): boolean {
  const inFolded = folded(text);
  return words.every((word) => inFolded.includes(word));
}

export function filterOf(parameters: URLSearchParams): NodeFilter {
  const states = parameters.getAll("state").filter((state): state is State => (STATES as readonly string[]).includes(state));
  return { text: parameters.get("q") ?? "", states, types: parameters.getAll("type"), templates: parameters.getAll("template") };
}

/** The parameters with another filter, the rest as it was. */
export function withFilter(parameters: URLSearchParams, filter: NodeFilter): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const name of ["q", "state", "type", "template"]) next.delete(name);
  if (filter.text) next.set("q", filter.text);
  for (const state of filter.states) next.append("state", state);
  for (const type of filter.types) next.append("type", type);
  for (const template of filter.templates) next.append("template", template);
  return next;
}
