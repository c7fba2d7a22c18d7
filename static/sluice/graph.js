// The graph of a run as this page holds it: kept up by columnar patches, shown as a tree. No DOM in here.

const GROUPS = new Set(["StepGroup", "TaskGroup", "Retry"]);

export class Graph {
  seq = 0;
  nodes = new Map();

  // Takes in a snapshot (since 0) or the changes since a seq. Returns false when changes are missing in between.
  apply(changes) {
    if (changes.since === 0) this.nodes.clear();
    else if (changes.since > this.seq) return false;
    else if (changes.seq < this.seq) return true;
    for (const idx of changes.deleted) this.nodes.delete(idx);
    const names = Object.keys(changes.columns);
    for (let row = 0; row < changes.count; row += 1) {
      const node = {};
      for (const name of names) node[name] = changes.columns[name][row];
      this.nodes.set(node.idx, node);
    }
    this.seq = changes.seq;
    return true;
  }

  // Rows of the tree in order, as {node, depth}. Closed nodes keep their children to themselves.
  rows(closed = new Set()) {
    const below = new Map();
    for (const node of [...this.nodes.values()].sort((a, b) => a.idx - b.idx)) {
      const parent = this.#treeParent(node);
      if (!below.has(parent)) below.set(parent, []);
      below.get(parent).push(node);
    }
    const rows = [];
    const stack = [...(below.get(null) ?? [])].reverse().map((node) => ({ node, depth: 0 }));
    while (stack.length > 0) {
      const row = stack.pop();
      const children = below.get(row.node.idx) ?? [];
      rows.push({ ...row, children: children.length });
      if (closed.has(row.node.idx)) continue;
      for (const child of [...children].reverse()) stack.push({ node: child, depth: row.depth + 1 });
    }
    return rows;
  }

  // The group that a node belongs to by its name (step of a group, item of a loop, attempt of a retry), else the
  // enclosing steps or DAG node. Other parents only say what it came after.
  #treeParent(node) {
    for (const idx of node.parents) {
      const parent = this.nodes.get(idx);
      if (parent && GROUPS.has(parent.type) && belongsTo(node.name, parent)) return idx;
    }
    return this.nodes.has(node.boundary) ? node.boundary : null;
  }
}

function belongsTo(name, group) {
  if (!name.startsWith(group.name)) return false;
  const rest = name.slice(group.name.length);
  return group.type === "StepGroup" ? rest.startsWith(".") : rest.startsWith("(");
}
