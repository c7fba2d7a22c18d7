// The form for a new run: examples, mistakes while typing, submit.

import * as api from "./api.js";
import { afterPause, byId, element } from "./dom.js";

const PAUSE = 400;

export async function setUpSubmit(namespace) {
  const manifest = byId("manifest");
  const check = afterPause(PAUSE, () => lint(namespace(), manifest.value));
  manifest.addEventListener("input", check);
  manifest.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) byId("submit-form").requestSubmit();
  });
  byId("submit-form").addEventListener("submit", (event) => {
    event.preventDefault();
    submit(namespace(), manifest.value);
  });
  await offerExamples(manifest, () => lint(namespace(), manifest.value));
}

async function offerExamples(manifest, onChosen) {
  const { examples } = await api.get("/api/examples");
  const chooser = byId("example");
  examples.forEach((example, position) => {
    chooser.append(element("option", { value: position, title: example.description }, example.title));
  });
  chooser.addEventListener("change", () => {
    if (chooser.value === "") return;
    manifest.value = examples[Number(chooser.value)].text;
    onChosen();
  });
}

let asked = 0;

async function lint(namespace, text) {
  asked += 1;
  const mine = asked;
  if (!text.trim()) {
    byId("problems").replaceChildren();
    return;
  }
  try {
    const { problems } = await api.postManifest(`/api/namespaces/${namespace}/lint`, text);
    if (mine === asked) showProblems(problems, "No problems found.");
  } catch (fault) {
    if (mine === asked) showProblems(fault.problems ?? [], fault.message);
  }
}

async function submit(namespace, text) {
  byId("submit-button").disabled = true;
  try {
    const { runs } = await api.postManifest(`/api/namespaces/${namespace}/runs`, text);
    if (runs.length === 1) location.assign(`/runs/${runs[0].metadata.uid}`);
    else showProblems([], runs.length === 0 ? "Stored." : `Submitted ${runs.length} runs.`);
  } catch (fault) {
    showProblems(fault.problems ?? [], fault.message);
  } finally {
    byId("submit-button").disabled = false;
  }
}

function showProblems(problems, otherwise) {
  if (problems.length === 0) {
    byId("problems").replaceChildren(element("p", { class: "hint" }, otherwise));
    return;
  }
  const entries = problems.map((problem) =>
    element(
      "li",
      { class: problem.severity },
      place(problem),
      problem.message,
      problem.remedy ? ` (${problem.remedy})` : "",
    ),
  );
  byId("problems").replaceChildren(element("ul", {}, ...entries));
}

function place(problem) {
  if (!problem.line) return problem.path ? element("code", {}, `${problem.path} `) : "";
  const go = () => selectLine(byId("manifest"), problem.line);
  return element("button", { type: "button", class: "link", onclick: go }, `Line ${problem.line}:`);
}

function selectLine(area, line) {
  const lines = area.value.split("\n");
  const start = lines.slice(0, line - 1).reduce((sum, text) => sum + text.length + 1, 0);
  area.focus();
  area.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  area.scrollTop = ((line - 4) / lines.length) * area.scrollHeight;
}
