// The nodes of a run as a tree in a table. Only rows that changed are drawn again.

import { element } from "./dom.js";
import { phaseBadge } from "./phases.js";
import { duration } from "./times.js";

const MOST_ROWS = 1000;

export class NodeTable {
  #body;
  #note;
  #onSelect;
  #closed = new Set();
  #drawn = new Map();
  selected = null;
  name = "";
  phase = "";

  constructor(body, note, onSelect) {
    this.#body = body;
    this.#note = note;
    this.#onSelect = onSelect;
  }

  draw(graph) {
    const wanted = this.#wanted(graph);
    const drawn = new Map();
    const rows = wanted.slice(0, MOST_ROWS).map((row) => {
      const key = this.#key(row);
      const old = this.#drawn.get(row.node.idx);
      const made = old?.key === key ? old : { key, element: this.#row(row, graph) };
      drawn.set(row.node.idx, made);
      return made.element;
    });
    this.#drawn = drawn;
    this.#place(rows);
    const more = wanted.length - rows.length;
    this.#note.textContent = more > 0 ? `${more} more nodes; filter to see them.` : "";
  }

  // Running nodes get longer without any change from the server.
  tick(graph) {
    for (const [idx, { element: row }] of this.#drawn) {
      const node = graph.nodes.get(idx);
      if (node && !node.finishedAt) row.cells[2].textContent = duration(node.startedAt, node.finishedAt);
    }
  }

  #wanted(graph) {
    if (!this.name && !this.phase) return graph.rows(this.#closed);
    const found = [...graph.nodes.values()].filter(
      (node) => node.name.includes(this.name) && (!this.phase || node.phase === this.phase),
    );
    return found.map((node) => ({ node, depth: 0, children: 0 }));
  }

  #key({ node, depth, children }) {
    const { idx } = node;
    const open = this.#closed.has(idx);
    return JSON.stringify([node, depth, children > 0, open, this.selected === idx]);
  }

  #place(rows) {
    rows.forEach((row, position) => {
      if (this.#body.children[position] !== row) {
        this.#body.insertBefore(row, this.#body.children[position] ?? null);
      }
    });
    while (this.#body.children.length > rows.length) this.#body.lastChild.remove();
  }

  #row({ node, depth, children }, graph) {
    const waiting = node.type === "Suspend" && node.phase === "Running";
    const name = element("td", { class: `tree depth-${Math.min(depth, 12)}` }, this.#toggle(node, children, graph));
    const select = () => {
      this.selected = node.idx;
      this.#onSelect(node.idx);
    };
    name.append(element("button", { type: "button", class: "link", title: node.name, onclick: select }, label(node)));
    return element(
      "tr",
      { class: this.selected === node.idx ? "selected" : null, "data-node": node.id },
      name,
      element("td", {}, phaseBadge(node.phase, { waiting })),
      element("td", { class: "number" }, duration(node.startedAt, node.finishedAt)),
      element("td", { class: "message" }, node.message || node.waiting?.message || ""),
    );
  }

  #toggle(node, children, graph) {
    if (children === 0) return element("span", { class: "toggle" });
    const open = !this.#closed.has(node.idx);
    const flip = () => {
      if (open) this.#closed.add(node.idx);
      else this.#closed.delete(node.idx);
      this.draw(graph);
    };
    const attributes = { type: "button", class: "toggle", "aria-expanded": open, "aria-label": `Children of ${node.name}` };
    return element("button", { ...attributes, onclick: flip }, open ? "▾" : "▸");
  }
}

function label(node) {
  return node.type === "Pod" || !node.type ? node.displayName : `${node.displayName} · ${node.type}`;
}
