// Buttons for what may be done with a run. A refused action stays visible, disabled, and says why.

import * as api from "./api.js";
import { byId, element } from "./dom.js";

const LABELS = [
  ["suspend", "Suspend"],
  ["resume", "Resume"],
  ["stop", "Stop"],
  ["terminate", "Terminate"],
  ["retry", "Retry"],
  ["resubmit", "Resubmit"],
  ["delete", "Delete"],
];

const QUESTIONS = {
  terminate: "End all running nodes now, without exit handlers?",
  delete: "Delete this run, its nodes and their output for good?",
};

export function actionButtons(run, onDone, onFault) {
  return LABELS.map(([action, label]) => {
    const rule = run.sluice.allowedActions[action] ?? { allowed: false, reason: "not offered" };
    return element(
      "button",
      {
        type: "button",
        "data-action": action,
        class: action === "delete" || action === "terminate" ? "danger" : null,
        disabled: !rule.allowed,
        title: rule.allowed ? null : rule.reason,
        onclick: () => perform(run.metadata.uid, action).then(onDone, onFault),
      },
      label,
    );
  });
}

// Resolves to where the page should go next, or to nothing.
async function perform(uid, action) {
  if (QUESTIONS[action] && !(await confirmed(QUESTIONS[action]))) return null;
  if (action === "delete") {
    await api.remove(`/api/runs/${uid}`);
    return "/";
  }
  const answer = await api.post(`/api/runs/${uid}/${action}`);
  return action === "resubmit" ? `/runs/${answer.metadata.uid}` : null;
}

function confirmed(question) {
  const dialog = byId("dialog");
  return new Promise((resolve) => {
    const close = (answer) => () => {
      dialog.close();
      resolve(answer);
    };
    dialog.replaceChildren(
      element("p", {}, question),
      element(
        "div",
        { class: "row" },
        element("button", { type: "button", onclick: close(false), autofocus: true }, "Cancel"),
        element("button", { type: "button", class: "danger", onclick: close(true) }, "Yes"),
      ),
    );
    dialog.oncancel = () => resolve(false);
    dialog.showModal();
  });
}
