import { describe, expect, test } from "vitest";
import { diffLines } from "./diff";
import { matches } from "./matches";

const DIFF = ["--- a revision 1", "+++ a revision 2", "@@ -3,3 +3,3 @@", " kept", "--- was", "+++ is", " too", "@@ -9 +9,2 @@", "+new", ""].join("\n");

describe("diffLines", () => {
  test("numbers both sides, also where the text itself begins with signs", () =>
    expect(diffLines(DIFF).map(({ kind, text, before, after }) => [kind, text, before, after])).toEqual([
      ["place", "@@ -3,3 +3,3 @@", undefined, undefined],
      ["same", "kept", 3, 3],
      ["removed", "-- was", 4, undefined],
      ["added", "++ is", undefined, 4],
      ["same", "too", 5, 5],
      ["place", "@@ -9 +9,2 @@", undefined, undefined],
      ["added", "new", undefined, 9],
    ]));

  test("no difference", () => expect(diffLines("")).toEqual([]));
});

test.each([
  ["", true],
  ["blue build", true],
  ["ＢＵＩＬＤ", true],
  ["team=blue", true],
  ["build red", false],
])("%j matches: %s", (wanted, expected) => expect(matches({ name: "build-all", labels: { team: "blue" } }, wanted)).toBe(expected));
