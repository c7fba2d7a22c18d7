import { expect, test } from "vitest";
import { toYaml } from "./yaml";

test.each<[string, unknown, string]>([
  ["mappings and lists", { a: { b: [1, { c: true, d: null }], e: [] }, f: {} }, "a:\n  b:\n  - 1\n  - c: true\n    d: null\n  e: []\nf: {}\n"],
  ["lists in lists", [["x", "w"], [["z"]]], "- - x\n  - w\n- - - z\n"],
  ["texts that look like something else", ["true", "1", "1e3", "~", "", "y", "2020-01-01", "0x1F", "12:30"], '- "true"\n- "1"\n- "1e3"\n- "~"\n- ""\n- "y"\n- "2020-01-01"\n- "0x1F"\n- "12:30"\n'],
  ["texts with signs of YAML", ["a: b", "b:", "- x", "{{inputs.x}}", "#c", "*p", "trail "], '- "a: b"\n- "b:"\n- "- x"\n- "{{inputs.x}}"\n- "#c"\n- "*p"\n- "trail "\n'],
  ["plain texts", ["sh", "alpine:3", "echo hello", "日本語", "/bin/sh"], '- sh\n- alpine:3\n- echo hello\n- 日本語\n- /bin/sh\n'],
  ["several lines", { source: "one\n  two\n\nthree\n", end: "x\ny", more: "x\n\n" }, "source: |\n  one\n    two\n\n  three\nend: |-\n  x\n  y\nmore: |+\n  x\n\n"],
  ["several lines in a list", ["a\nb"], "- |-\n  a\n  b\n"],
  ["lines that no block can hold", [" a\nb", "a\u0001\nb"], '- " a\\nb"\n- "a\\u0001\\nb"\n'],
  ["odd keys", { "a b": 1, "1": 2, "x:y": 3 }, '"1": 2\na b: 1\nx:y: 3\n'],
  ["a scalar alone", "x", "x\n"],
])("%s", (_, value, text) => {
  expect(toYaml(value).replace(/^ /, "")).toBe(text);
});
