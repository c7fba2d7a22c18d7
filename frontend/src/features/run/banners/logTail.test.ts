import { expect, test } from "vitest";
import { addPiece, EMPTY_TAIL, lastLines } from "./logTail";

test("the last lines, without colour codes", () => {
  const tail = ["one\ntw", "o\n\x1b[31mth", "ree\x1b[0m\n\n"].reduce(addPiece, EMPTY_TAIL);
  expect(lastLines(tail, 2)).toEqual(["two", "three"]);
  expect(lastLines(EMPTY_TAIL, 2)).toEqual([]);
});

test("what is kept does not grow with what was taken in", () => {
  let tail = EMPTY_TAIL;
  for (let piece = 0; piece < 100; piece += 1) tail = addPiece(tail, `${"x".repeat(1_000)}\n`);
  expect(tail.text.length).toBe(32_000);
  expect(tail.taken).toBe(100_100);
});
