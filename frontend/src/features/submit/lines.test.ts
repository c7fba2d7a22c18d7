import { expect, test } from "vitest";
import { rangeOfLine } from "./lines";

test.each([
  [1, 0, 2, 0],
  [2, 3, 3, 1 / 3],
  [3, 4, 7, 2 / 3],
  [9, 4, 7, 2 / 3],
  [0, 0, 2, 0],
])("line %d", (line, start, end, share) => expect(rangeOfLine("ab\n\ncde", line)).toEqual({ start, end, share }));
