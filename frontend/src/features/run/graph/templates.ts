// Reading templates out of a Workflow object, whatever it holds: what a call refers to, what a task depends on.

export type Json = Record<string, unknown>;

export function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

export function records(value: unknown): Json[] {
  return Array.isArray(value) ? value.map(record) : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** The template of a task, step or hook: inline, of the run itself, or of a stored object that the run has used. */
export function templateFinder(workflow: Json): (call: Json) => Json | undefined {
  const own = new Map(records(record(workflow["spec"])["templates"]).map((one) => [text(one["name"]), one]));
  const stored = record(record(workflow["status"])["storedTemplates"]);
  return (call) => {
    if (call["inline"]) return record(call["inline"]);
    const reference = record(call["templateRef"]);
    if (reference["name"]) {
      const scope = reference["clusterScope"] ? "cluster" : "namespaced";
      const found = stored[`${scope}/${text(reference["name"])}/${text(reference["template"])}`];
      return found ? record(found) : undefined;
    }
    const name = text(call["template"]);
    const found = own.get(name) ?? Object.entries(stored).find(([key]) => key.endsWith(`/${name}`))?.[1];
    return found && name ? record(found) : undefined;
  };
}

export function compositeOf(template: Json): "dag" | "steps" | undefined {
  if (template["dag"]) return "dag";
  return template["steps"] ? "steps" : undefined;
}

export function typeOf(template: Json): string {
  if (template["retryStrategy"]) return "Retry";
  if (template["dag"]) return "DAG";
  if (template["steps"]) return "Steps";
  if (template["suspend"]) return "Suspend";
  if (template["http"]) return "HTTP";
  if (template["plugin"]) return "Plugin";
  return "Pod";
}

export function isLoop(call: Json): boolean {
  return ["withItems", "withParam", "withSequence"].some((field) => call[field] !== undefined);
}

/** Names of the tasks a DAG task waits for, from `dependencies` or from the expression `depends`. */
export function dependenciesOf(task: Json): string[] {
  const listed = task["dependencies"];
  if (Array.isArray(listed) && listed.length > 0) return listed.map(text).filter(Boolean);
  const found = text(task["depends"]).match(/[\w-]+(\.\w+)?/g) ?? [];
  return [...new Set(found.map((one) => one.replace(/\.\w+$/, "")))];
}
