import { expect, test } from "vitest";
import { piecesOf } from "./highlight";

const shown = (line: string) => piecesOf(line).filter((piece) => piece.text.trim()).map((piece) => `${piece.kind}:${piece.text.trim()}`);

test.each<[string, string[]]>([
  ["  image: alpine", ["key:image", "mark::", "plain:alpine"]],
  ["- name: a # why", ["plain:-", "key:name", "mark::", "plain:a", "comment:# why"]],
  ["# alone", ["comment:# alone"]],
  ["  retries: 3", ["key:retries", "mark::", "value:3"]],
  ["  args: ['{{inputs.parameters.x}} y']", ["key:args", "mark::", "mark:[", "text:'", "expression:{{inputs.parameters.x}}", "text:y'", "mark:]"]],
  ["  when: {{=a == 1}}", ["key:when", "mark::", "expression:{{=a == 1}}"]],
  ['  "kind": "Workflow",', ['key:"kind"', "mark::", 'text:"Workflow"', "mark:,"]],
  ["  image: alpine:3.20", ["key:image", "mark::", "plain:alpine:3.20"]],
  ["echo http://x", ["plain:echo http://x"]],
  ["source: |-", ["key:source", "mark::", "mark:|-"]],
])("%s", (line, pieces) => expect(shown(line)).toEqual(pieces));

test.each(["  a: 'b' # c", "- - x: {y: [1, true]}", "::", "'", '"unfinished', "{{", `${"x".repeat(5_000)}: 1`, `${" a:".repeat(500)}`])(
  "nothing of a line is lost: %.20s",
  (line) => expect(piecesOf(line).map((piece) => piece.text).join("")).toBe(line), // prettier-ignore
);
