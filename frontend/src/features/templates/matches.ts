// Whether a template is one that is looked for.

import type { StoredObject } from "@/shared/api/library";

/** Every word of `wanted` stands in the name or in a label; width and case of letters do not matter. */
export function matches(template: Pick<StoredObject, "name" | "labels">, wanted: string): boolean {
  const labels = Object.entries(template.labels).map(([key, value]) => `${key}=${value}`);
  const text = plain([template.name, ...labels].join(" "));
  return plain(wanted).split(/\s+/).every((word) => text.includes(word)); // prettier-ignore
}

function plain(text: string): string {
  return text.normalize("NFKC").toLowerCase();
}
