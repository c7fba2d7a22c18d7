// The selected node: what went in, what came out, and its output text while it is written.

import * as api from "./api.js";
import { artifactLists, hasArtifacts } from "./artifacts.js";
import { element } from "./dom.js";
import { phaseBadge } from "./phases.js";
import { duration, localTime, toMillis } from "./times.js";

const WITH_LOGS = new Set(["Pod", "Container"]);
const LONGEST_LOG = 2_000_000;

export class NodeDetail {
  #place;
  #uid;
  #shown = null;
  #stop = new AbortController();

  constructor(place, uid) {
    this.#place = place;
    this.#uid = uid;
  }

  // Called again whenever the selected node changed: the log goes on as long as node and attempt stay the same.
  async show(row) {
    const node = await api.get(`/api/runs/${this.#uid}/nodes/${encodeURIComponent(row.id)}`);
    const key = `${node.id} ${node.sluice.attempt}`;
    const goesOn = this.#shown?.key === key;
    const facts = element("div", {}, ...factsOf(node));
    if (hasArtifacts(node)) this.#addArtifacts(facts, node);
    if (goesOn) {
      this.#shown.facts.replaceWith(facts);
      this.#shown.facts = facts;
      return;
    }
    this.close();
    this.#shown = { key, facts };
    this.#place.replaceChildren(facts, ...(WITH_LOGS.has(node.type) ? this.#log(node) : []));
  }

  close() {
    this.#stop.abort();
    this.#stop = new AbortController();
    this.#shown = null;
    this.#place.replaceChildren();
  }

  #addArtifacts(facts, node) {
    const place = element("div", { role: "group", "aria-label": "Artifacts" });
    facts.append(place);
    artifactLists(this.#uid, node).then(
      (lists) => place.replaceChildren(...lists),
      (fault) => place.replaceChildren(element("p", { class: "hint" }, fault.message)),
    );
  }

  #log(node) {
    const text = element("pre", { class: "log", tabindex: 0, "aria-label": "Output" });
    const note = element("p", { class: "hint", role: "status" });
    const path = `/api/runs/${this.#uid}/nodes/${encodeURIComponent(node.id)}/logs?follow=true`;
    const add = (piece) => {
      const atEnd = text.scrollHeight - text.scrollTop - text.clientHeight < 40;
      text.append(piece);
      while (text.textContent.length > LONGEST_LOG && text.childNodes.length > 1) text.firstChild.remove();
      if (atEnd) text.scrollTop = text.scrollHeight;
    };
    api.stream(path, add, this.#stop.signal).catch((fault) => {
      if (fault.name !== "AbortError") note.textContent = fault.message;
    });
    return [element("h3", {}, "Output"), text, note];
  }
}

function factsOf(node) {
  const started = toMillis(node.startedAt);
  const finished = toMillis(node.finishedAt);
  const facts = [
    ["Type", node.type],
    ["Template", node.templateName ?? templateRef(node)],
    ["Started", localTime(started)],
    ["Duration", duration(started, finished)],
    ["Exit code", node.outputs?.exitCode],
    ["Message", node.message],
    ["Waits for", waitsFor(node.sluice.waiting)],
    ["Id", node.id],
  ].filter(([, value]) => value);
  return [
    element("h2", {}, node.displayName, " ", phaseBadge(node.phase)),
    element("dl", { class: "facts" }, ...facts.flatMap(pair)),
    ...values("Inputs", node.inputs?.parameters),
    ...values("Outputs", node.outputs?.parameters),
    ...(node.outputs?.result ? [element("h3", {}, "Result"), element("pre", {}, node.outputs.result)] : []),
  ];
}

function pair([term, value]) {
  return [element("dt", {}, term), element("dd", {}, value)];
}

function templateRef(node) {
  return node.templateRef && `${node.templateRef.name}/${node.templateRef.template}`;
}

function waitsFor(waiting) {
  return waiting && (waiting.message ?? waiting.reason);
}

function values(title, parameters) {
  const given = (parameters ?? []).filter((parameter) => parameter.value !== undefined);
  if (given.length === 0) return [];
  const pairs = given.flatMap((parameter) => pair([parameter.name, parameter.value]));
  return [element("h3", {}, title), element("dl", { class: "facts values" }, ...pairs)];
}
