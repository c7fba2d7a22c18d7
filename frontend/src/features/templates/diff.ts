// A unified diff as lines to show.

export type DiffLineKind = "same" | "added" | "removed" | "place";

export interface DiffLine {
  kind: DiffLineKind;
  text: string;
  /** line numbers before and after, undefined on the side that does not have the line */
  before: number | undefined;
  after: number | undefined;
}

const PLACE = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Lines of a unified diff of one file; its two lines of names are left out. */
export function diffLines(diff: string): DiffLine[] {
  const lines: DiffLine[] = [];
  let before = 0;
  let after = 0;
  for (const line of diff.split("\n").slice(2)) {
    const place = PLACE.exec(line);
    const text = line.slice(1);
    if (place) {
      before = Number(place[1]);
      after = Number(place[2]);
      lines.push({ kind: "place", text: line, before: undefined, after: undefined });
    } else if (line.startsWith("+")) lines.push({ kind: "added", text, before: undefined, after: after++ });
    else if (line.startsWith("-")) lines.push({ kind: "removed", text, before: before++, after: undefined });
    else if (line.startsWith(" ")) lines.push({ kind: "same", text, before: before++, after: after++ });
  }
  return lines;
}
