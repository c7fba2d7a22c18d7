// One form per suspend node that waits for a person: its supplied outputs become fields.

import * as api from "./api.js";
import { element } from "./dom.js";

// `detail` is the node as the API tells it; `run` says whether this user may answer.
export function questionForm(run, detail, onFault) {
  const may = run.sluice.allowedActions.resume?.allowed ?? false;
  const fields = suppliedOutputs(detail).map((output) => field(output, detail));
  const message = element("input", { name: "message", maxlength: 500, "aria-label": "Remark" });
  const decide = (action) => () => {
    const selector = `id=${detail.id}`;
    const body =
      action === "resume"
        ? { selector, values: answers(form), message: message.value }
        : { selector, message: message.value };
    buttons.forEach((button) => (button.disabled = true));
    api.post(`/api/runs/${run.metadata.uid}/${action}`, body).catch((fault) => {
      buttons.forEach((button) => (button.disabled = false));
      onFault(fault);
    });
  };
  const buttons = [
    element("button", { type: "submit", class: "primary", disabled: !may }, "Continue"),
    element("button", { type: "button", class: "danger", disabled: !may, onclick: decide("stop") }, "Reject"),
  ];
  const form = element(
    "form",
    { "data-node": detail.id },
    element("h2", {}, `${detail.displayName} waits for an answer`),
    ...fields,
    element("label", {}, "Remark", message),
    element("div", { class: "row" }, ...buttons),
  );
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    decide("resume")();
  });
  return form;
}

function suppliedOutputs(detail) {
  return (detail.outputs?.parameters ?? []).filter((output) => output.valueFrom?.supplied);
}

function field(output, detail) {
  const input = (detail.inputs?.parameters ?? []).find((entry) => entry.name === output.name) ?? {};
  const initial = input.value ?? input.default ?? output.valueFrom.default ?? "";
  const control = input.enum
    ? element(
        "select",
        { name: `value.${output.name}` },
        ...input.enum.map((choice) => element("option", { selected: choice === initial }, choice)),
      )
    : element("input", { name: `value.${output.name}`, value: initial });
  const text = input.description ? `${output.name}: ${input.description}` : output.name;
  return element("label", {}, text, control);
}

function answers(form) {
  const values = {};
  for (const [name, value] of new FormData(form)) {
    if (name.startsWith("value.")) values[name.slice("value.".length)] = value;
  }
  return values;
}
