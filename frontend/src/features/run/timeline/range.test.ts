import { expect, test } from "vitest";
import { clamped, moved, parseRange, rangeText, zoomed } from "./range";

test("zooming stays around the middle, inside the bounds, and ends at the whole", () => {
  expect(zoomed([0, 1_000], [0, 1_000], 0.5)).toEqual([250, 750]);
  expect(zoomed([0, 100], [0, 1_000], 2)).toEqual([0, 150]);
  expect(zoomed([250, 750], [0, 1_000], 2)).toBeUndefined();
  const closest = zoomed([500, 501], [0, 1_000], 0.1)!;
  expect(closest[1] - closest[0]).toBe(5);
});

test("moving stops at the ends without changing the length", () => {
  expect(moved([200, 400], [0, 1_000], 0.5)).toEqual([300, 500]);
  expect(moved([200, 400], [0, 1_000], -5)).toEqual([0, 200]);
  expect(moved([200, 400], [0, 1_000], 50)).toEqual([800, 1_000]);
});

test("what is chosen is never empty", () => expect(clamped([500, 500], [0, 1_000])).toEqual([500, 505]));

test("the URL tells the same range again", () => {
  expect(parseRange(rangeText([1_500, 2_500], 1_000), 1_000)).toEqual([1_500, 2_500]);
});

test.each([null, "", "x", "5-2", "-5-2", "1-1", "1e3-2e3"])("%s is no range", (text) => {
  expect(parseRange(text, 0)).toBeUndefined();
});
