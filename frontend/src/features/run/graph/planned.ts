// What has not begun yet: the tasks and steps that the templates foresee, named as the engine will name them, so that
// each gives way to its node when that comes. Not a promise: a condition may still leave a planned node out.

import type { GraphNode } from "@/shared/api/types";
import type { GraphView } from "@/shared/live/graphStore";
import { compositeOf, dependenciesOf, isLoop, record, records, templateFinder, text, typeOf, type Json } from "./templates";

export interface PlannedNode {
  name: string;
  displayName: string;
  type: string;
  templateName: string;
  /** names of nodes, planned or there already, that it comes right after */
  after: string[];
  /** it is or belongs to an exit handler or hook */
  inLane: boolean;
  /** becomes several nodes, how many is not known yet */
  many: boolean;
}

const MOST = 3_000;
const DEEPEST = 12;
const FINISHED: ReadonlySet<string> = new Set(["Succeeded", "Failed", "Error", "Skipped", "Omitted"]);

interface Call {
  name: string;
  displayName: string;
  call: Json;
  after: string[];
  inLane: boolean;
  /** templates around this one: one that calls itself is not followed for ever */
  within: readonly Json[];
}

export function plannedNodes(graph: GraphView, workflow: Json | undefined): PlannedNode[] {
  const runName = text(record(workflow?.["metadata"])["name"]);
  const spec = record(workflow?.["spec"]);
  if (!runName || FINISHED.has(text(record(workflow?.["status"])["phase"]))) return [];
  return new Planner(graph, templateFinder(record(workflow))).plan(runName, spec);
}

class Planner {
  private readonly planned: PlannedNode[] = [];
  private readonly nodes: ReadonlyMap<string, GraphNode>;
  private readonly loops = new Map<string, string[]>();

  constructor(
    graph: GraphView,
    private readonly findTemplate: (call: Json) => Json | undefined,
  ) {
    this.nodes = new Map([...graph.nodes.values()].map((node) => [node.name, node]));
    for (const name of this.nodes.keys()) {
      const bracket = name.endsWith(")") ? name.lastIndexOf("(") : -1;
      if (bracket < 0) continue;
      const before = name.slice(0, bracket);
      this.loops.set(before, [...(this.loops.get(before) ?? []), name]);
    }
  }

  plan(runName: string, spec: Json): PlannedNode[] {
    const root = { name: runName, displayName: runName, within: [], after: [] };
    const entry = this.nodes.get(runName);
    if (!entry || !FINISHED.has(entry.phase)) {
      this.place({ ...root, call: { template: spec["entrypoint"] }, inLane: false });
    }
    const exitHook = record(record(spec["hooks"])["exit"]);
    const call = text(spec["onExit"]) ? { template: spec["onExit"] } : exitHook;
    if (text(call["template"]) || call["templateRef"]) {
      const name = `${runName}.onExit`;
      this.place({ name, displayName: name, call, after: [runName], inLane: true, within: [] });
    }
    return this.planned;
  }

  /** Plans the call and what is inside, as far as not there; returns the names of what later nodes come after. */
  private place(call: Call): string[] {
    const node = this.nodes.get(call.name);
    const items = this.loops.get(call.name) ?? [];
    if (!node && items.length > 0) return items;
    if (node && (FINISHED.has(node.phase) || node.type === "TaskGroup" || node.type === "Retry")) {
      return items.length > 0 ? (node.type === "Retry" ? items.slice(-1) : items) : this.endsOf(call, node);
    }
    const template = this.findTemplate(call.call);
    const many = isLoop(call.call);
    if (!node) {
      if (this.planned.length >= MOST) return call.after;
      this.planned.push({
        name: call.name,
        displayName: call.displayName,
        type: many ? "TaskGroup" : template ? typeOf(template) : "Pod",
        templateName: text(record(template)["name"]) || text(call.call["template"]),
        after: call.after,
        inLane: call.inLane,
        many,
      });
    }
    if (!template || many || call.within.includes(template) || call.within.length >= DEEPEST) return [call.name];
    const ends = this.inside(call, template);
    return ends.length > 0 ? ends : [call.name];
  }

  /** The nodes that were last inside a finished node: those of its scope that nothing of the scope comes after. */
  private endsOf(call: Call, node: GraphNode): string[] {
    const template = this.findTemplate(call.call);
    if (!template || (node.type !== "DAG" && node.type !== "Steps")) return [call.name];
    if (call.within.includes(template) || call.within.length >= DEEPEST) return [call.name];
    const before = this.planned.length;
    const ends = this.inside(call, template);
    this.planned.length = before;
    const there = ends.filter((name) => this.nodes.has(name));
    return there.length > 0 ? there : [call.name];
  }

  private inside(call: Call, template: Json): string[] {
    const kind = compositeOf(template);
    if (kind === undefined) return [];
    const within = [...call.within, template];
    return kind === "dag" ? this.tasks({ ...call, within }, template) : this.steps({ ...call, within }, template);
  }

  private steps(call: Call, template: Json): string[] {
    let last = [call.name];
    const groups = Array.isArray(template["steps"]) ? template["steps"] : [];
    groups.forEach((group: unknown, number) => {
      const name = `${call.name}[${number}]`;
      if (!this.nodes.has(name)) {
        if (this.planned.length >= MOST) return;
        const after = last;
        this.planned.push({ name, displayName: `[${number}]`, type: "StepGroup", templateName: "", after, inLane: call.inLane, many: false });
      }
      const ends = records(group).flatMap((step) => this.child(call, step, `${name}.${text(step["name"])}`, [name]));
      last = ends.length > 0 ? ends : [name];
    });
    return last;
  }

  private tasks(call: Call, template: Json): string[] {
    const tasks = new Map(records(record(template["dag"])["tasks"]).map((task) => [text(task["name"]), task]));
    const ends = new Map<string, string[]>();
    const followed = new Set<string>();
    const visit = (name: string, path: ReadonlySet<string>): string[] => {
      const known = ends.get(name);
      const task = tasks.get(name);
      if (known || !task || path.has(name)) return known ?? [];
      const dependencies = dependenciesOf(task).filter((one) => tasks.has(one));
      for (const one of dependencies) followed.add(one);
      const deeper = new Set(path).add(name);
      const after = [...new Set(dependencies.flatMap((one) => visit(one, deeper)))];
      const found = this.child(call, task, `${call.name}.${name}`, after.length > 0 ? after : [call.name]);
      ends.set(name, found);
      return found;
    };
    for (const name of tasks.keys()) visit(name, new Set());
    return [...tasks.keys()].filter((name) => !followed.has(name)).flatMap((name) => ends.get(name) ?? []);
  }

  private child(parent: Call, call: Json, name: string, after: string[]): string[] {
    const { inLane, within } = parent;
    const displayName = text(call["name"]);
    const ends = this.place({ name, displayName, call, after, inLane, within });
    const hook = record(record(call["hooks"])["exit"]);
    const exit = text(call["onExit"]) ? { template: call["onExit"] } : hook;
    const exitName = `${name}.onExit`;
    const ended = this.nodes.get(name);
    if ((text(exit["template"]) || exit["templateRef"]) && !(ended && FINISHED.has(ended.phase))) {
      this.place({ name: exitName, displayName: `${displayName}.onExit`, call: exit, after: [name], inLane: true, within });
    }
    return ends;
  }
}
