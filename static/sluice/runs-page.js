// The list of runs, live, and the form for a new one.

import * as api from "./api.js";
import { afterPause, byId, element, oncePerFrame, show } from "./dom.js";
import { FINISHED, phaseBadge } from "./phases.js";
import { connect } from "./socket.js";
import { setUpSubmit } from "./submit.js";
import { duration, localTime, toMillis } from "./times.js";

// By uid. Runs of the same second keep the order of this map, so the newest stand first in it.
let runs = new Map();
let cursor = null;
let topic = null;

const filters = {
  namespace: () => byId("namespace").value,
  phase: () => byId("phase").value,
  name: () => byId("search").value.trim(),
};

function fits(run) {
  return (
    run.metadata.namespace === filters.namespace() &&
    (!filters.phase() || run.status.phase === filters.phase()) &&
    run.metadata.name.startsWith(filters.name())
  );
}

function row(run) {
  const { metadata, status, sluice } = run;
  const started = toMillis(status.startedAt);
  const counts = Object.entries(sluice.phaseCounts);
  const done = counts.filter(([phase]) => phase !== "Pending" && phase !== "Running");
  const sum = (entries) => entries.reduce((total, [, count]) => total + count, 0);
  const waiting = sluice.suspended && !FINISHED.has(status.phase);
  return element(
    "tr",
    { "data-run": metadata.uid },
    element("td", {}, phaseBadge(status.phase, { waiting })),
    element("td", {}, element("a", { href: `/runs/${metadata.uid}` }, metadata.name)),
    element("td", { class: "number" }, `${sum(done)}/${sum(counts)}`),
    element("td", {}, localTime(started)),
    element("td", { class: "number" }, duration(started, toMillis(status.finishedAt))),
    element("td", {}, sluice.creator),
    element("td", { class: "message" }, status.message ?? ""),
  );
}

const draw = oncePerFrame(() => {
  const newest = [...runs.values()]
    .filter(fits)
    .sort((a, b) => b.metadata.creationTimestamp.localeCompare(a.metadata.creationTimestamp));
  byId("runs").replaceChildren(...newest.map(row));
  byId("runs-note").textContent = newest.length === 0 ? "No runs here yet." : "";
  show(byId("more"), cursor !== null);
});

function takeIn(frame) {
  if (frame.type === "problem") byId("runs-note").textContent = frame.detail;
  if (frame.type !== "runs") return;
  const fresh = frame.runs.filter((run) => !runs.has(run.metadata.uid));
  for (const run of frame.runs) if (runs.has(run.metadata.uid)) runs.set(run.metadata.uid, run);
  runs = new Map([...fresh.map((run) => [run.metadata.uid, run]), ...runs]);
  for (const uid of frame.deleted) runs.delete(uid);
  draw();
}

async function load({ older = false } = {}) {
  const query = new URLSearchParams({ limit: "50" });
  for (const [name, value] of Object.entries(filters)) if (value()) query.set(name, value());
  if (older && cursor) query.set("cursor", cursor);
  const page = await api.get(`/api/runs?${query}`);
  if (!older) runs.clear();
  for (const run of page.items) runs.set(run.metadata.uid, run);
  cursor = page.next;
  draw();
}

const live = connect();

// Subscribes before it reads: what happens in between arrives as a frame.
function follow() {
  if (topic) live.unsubscribe(topic);
  topic = `runs:${filters.namespace()}`;
  live.subscribe(topic, { onFrame: takeIn });
  load().catch((fault) => (byId("runs-note").textContent = fault.message));
}

async function start() {
  const { namespaces } = await api.get("/api/me");
  byId("namespace").replaceChildren(...namespaces.map(({ name }) => element("option", {}, name)));
  if (namespaces.length === 0) {
    byId("runs-note").textContent = "You have no role in any namespace yet. Ask an administrator for one.";
    return;
  }
  follow();
  await setUpSubmit(filters.namespace);
}

byId("namespace").addEventListener("change", follow);
byId("phase").addEventListener("change", () => load());
byId("search").addEventListener("input", afterPause(200, () => load()));
byId("more").addEventListener("click", () => load({ older: true }));
start().catch((fault) => (byId("runs-note").textContent = fault.message));
