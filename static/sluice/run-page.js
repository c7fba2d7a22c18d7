// The page of one run.

import { actionButtons } from "./actions.js";
import * as api from "./api.js";
import { afterPause, byId, element, oncePerFrame, show } from "./dom.js";
import { Graph } from "./graph.js";
import { NodeDetail } from "./node-detail.js";
import { NodeTable } from "./node-table.js";
import { FINISHED, phaseBadge } from "./phases.js";
import { questionForm } from "./questions.js";
import { connect } from "./socket.js";
import { duration, localTime, toMillis } from "./times.js";

const uid = document.body.dataset.run;
const graph = new Graph();
const detail = new NodeDetail(byId("detail"), uid);
const table = new NodeTable(byId("nodes"), byId("nodes-note"), select);
const forms = new Map();
let run = null;

function fault(problem) {
  byId("run-fault").textContent = problem.message;
  show(byId("run-fault"), true);
}

function done(next) {
  show(byId("run-fault"), false);
  if (next) location.assign(next);
}

function select(idx) {
  const node = graph.nodes.get(idx);
  history.replaceState(null, "", `#${encodeURIComponent(node.id)}`);
  table.draw(graph);
  detail.show(node).catch(fault);
}

function drawRun() {
  const { metadata, status, sluice } = run;
  document.title = `${status.phase || "Pending"} · ${metadata.name} · Sluice`;
  byId("run-name").textContent = metadata.name;
  const paused = sluice.suspended && !FINISHED.has(status.phase);
  byId("run-phase").replaceChildren(phaseBadge(status.phase, { waiting: paused }));
  byId("run-message").textContent = status.message ?? "";
  byId("actions").replaceChildren(...actionButtons(run, done, fault));
  const counts = Object.entries(sluice.phaseCounts).filter(([, count]) => count > 0);
  const facts = [
    ["Namespace", metadata.namespace],
    ["Started", localTime(toMillis(status.startedAt))],
    ["Duration", duration(toMillis(status.startedAt), toMillis(status.finishedAt))],
    ["By", sluice.creator],
    ["Nodes", counts.map(([phase, count]) => `${count} ${phase}`).join(", ")],
    ...(status.outputs?.parameters ?? []).map((output) => [`Output ${output.name}`, output.value]),
  ].filter(([, value]) => value);
  byId("run-facts").replaceChildren(
    ...facts.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, value)]),
  );
}

// Forms are made once per waiting node and kept, so that a change elsewhere never empties a half-filled form.
async function drawQuestions() {
  const waiting = new Map();
  for (const node of graph.nodes.values()) {
    if (node.type === "Suspend" && node.phase === "Running") waiting.set(node.id, node);
  }
  for (const [id, form] of forms) {
    if (!waiting.has(id)) {
      form?.remove();
      forms.delete(id);
    }
  }
  show(byId("questions"), waiting.size > 0);
  for (const id of waiting.keys()) {
    if (forms.has(id)) continue;
    forms.set(id, null);
    const node = await api.get(`/api/runs/${uid}/nodes/${encodeURIComponent(id)}`);
    if (!forms.has(id)) continue;
    forms.set(id, questionForm(run, node, fault));
    byId("questions").append(forms.get(id));
  }
}

const draw = oncePerFrame(() => {
  drawRun();
  table.draw(graph);
  drawQuestions().catch(fault);
});

function selectFromAddress() {
  const id = decodeURIComponent(location.hash.slice(1));
  const node = id && [...graph.nodes.values()].find((entry) => entry.id === id);
  if (node && table.selected === null) {
    table.selected = node.idx;
    detail.show(node).catch(fault);
  }
}

function takeIn(frame) {
  if (frame.type === "gone") {
    fault(new Error("This run was deleted."));
    return;
  }
  if (frame.type === "problem") {
    fault(new Error(frame.detail));
    return;
  }
  const before = table.selected === null ? null : graph.nodes.get(table.selected);
  if (!graph.apply(frame.graph)) {
    live.subscribe(`run:${uid}`, subscription);
    return;
  }
  run = frame.run;
  selectFromAddress();
  const after = table.selected === null ? null : graph.nodes.get(table.selected);
  if (after && before && after !== before) detail.show(after).catch(fault);
  draw();
}

const subscription = { since: () => graph.seq, onFrame: takeIn };
const live = connect();
live.subscribe(`run:${uid}`, subscription);

setInterval(() => {
  if (!run || FINISHED.has(run.status.phase)) return;
  table.tick(graph);
}, 1000);

byId("node-search").addEventListener(
  "input",
  afterPause(150, () => {
    table.name = byId("node-search").value;
    table.draw(graph);
  }),
);
byId("node-phase").addEventListener("change", () => {
  table.phase = byId("node-phase").value;
  table.draw(graph);
});
byId("manifest-panel").addEventListener(
  "toggle",
  () => {
    api.getText(`/api/runs/${uid}/manifest`).then((text) => (byId("manifest").textContent = text), fault);
  },
  { once: true },
);
