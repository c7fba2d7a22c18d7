// Artifacts of the selected node: what they are called, how large they are, a way to fetch them, a look at them.

import * as api from "./api.js";
import { element } from "./dom.js";

const TITLES = { inputs: "Input artifacts", outputs: "Output artifacts" };

export function hasArtifacts(node) {
  return Boolean(node.inputs?.artifacts?.length || node.outputs?.artifacts?.length);
}

// Lists of links by side. Sizes are asked for, so they come a moment later than the rest of the node.
export async function artifactLists(uid, node) {
  const { items, next } = await api.get(`/api/runs/${uid}/artifacts?node=${encodeURIComponent(node.id)}&limit=200`);
  return [
    ...Object.entries(TITLES).flatMap(([side, title]) => list(title, items.filter((item) => item.side === side))),
    next ? element("p", { class: "hint" }, "There are more; the API lists them all.") : null,
  ].filter(Boolean);
}

function list(title, items) {
  if (items.length === 0) return [];
  return [element("h3", {}, title), element("ul", { class: "artifacts" }, ...items.map(entry))];
}

function entry(item) {
  const state = item.deleted ? "deleted" : item.problem || (item.kind ? "" : "not there");
  if (state) return element("li", {}, item.name, element("span", { class: "hint" }, ` ${state}`));
  const address = item.links.content + (item.isDirectory ? "?archive=zip" : "");
  const size = item.isDirectory ? "folder" : sizeText(item.size);
  return element(
    "li",
    {},
    element("a", { href: address, download: true }, item.name),
    element("span", { class: "hint" }, ` ${size}`),
    look(item),
  );
}

// The preview is asked for when somebody opens it.
function look(item) {
  const place = element("div", {}, "…");
  const open = async (event) => {
    if (!event.target.open || place.dataset.asked) return;
    place.dataset.asked = "yes";
    const shown = await api.get(item.links.preview).then(preview(item), (fault) => element("p", {}, fault.message));
    place.replaceChildren(shown);
  };
  return element("details", { ontoggle: open }, element("summary", {}, "Look"), place);
}

const preview = (item) => (found) => {
  if (found.kind === "image") return picture(item, found);
  if (found.kind === "other") return element("p", { class: "hint" }, `${found.contentType || "data"}, to be fetched`);
  const more = found.isWhole ? "" : "\n…";
  return element("pre", { class: "log", tabindex: 0, "aria-label": `Beginning of ${item.name}` }, textOf(found) + more);
};

function picture(item, found) {
  const entry = found.entry ? `&entry=${encodeURIComponent(found.entry)}` : "";
  return element("img", { src: `${item.links.content}?inline=true${entry}`, alt: item.name, class: "preview" });
}

function textOf(found) {
  if (found.kind === "table") return found.rows.map((row) => row.join("\t")).join("\n");
  if (found.kind === "folder" || found.kind === "archive") {
    return found.entries.map((one) => (one.isDirectory ? `${one.name}/` : `${one.name}  ${sizeText(one.size)}`)).join("\n");
  }
  return found.text;
}

function sizeText(size) {
  if (size === null) return "";
  const units = ["bytes", "KB", "MB", "GB", "TB"];
  let unit = 0;
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit ? size.toFixed(1) : size} ${units[unit]}`;
}
