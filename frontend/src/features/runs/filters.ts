// The filters of the run list as the URL holds them, and as the API wants them.

export const PHASES = ["Pending", "Running", "Succeeded", "Failed", "Error"] as const;

export interface RunFilters {
  phases: string[];
  name: string;
  template: string;
}

export function readFilters(parameters: URLSearchParams): RunFilters {
  const phases = (parameters.get("phase") ?? "").split(",");
  return {
    phases: PHASES.filter((phase) => phases.includes(phase)),
    name: parameters.get("name") ?? "",
    template: parameters.get("template") ?? "",
  };
}

/** The parameters with these filters; what is empty is left out, everything else stays. */
export function withFilters(parameters: URLSearchParams, filters: Partial<RunFilters>): URLSearchParams {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries({ phase: filters.phases?.join(","), name: filters.name, template: filters.template })) {
    if (value) next.set(name, value);
    else if (value !== undefined) next.delete(name);
  }
  return next;
}

export function isFiltered(filters: RunFilters): boolean {
  return filters.phases.length > 0 || filters.name !== "" || filters.template !== "";
}
