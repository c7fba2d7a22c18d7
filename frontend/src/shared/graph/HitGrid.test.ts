import { expect, test } from "vitest";
import { HitGrid } from "./HitGrid";

const x = Float32Array.from({ length: 400 }, (_, at) => (at % 20) * 200);
const y = Float32Array.from({ length: 400 }, (_, at) => Math.floor(at / 20) * 60);
const grid = new HitGrid(x, y, 180, 40);

test("the card at a point, and none between cards", () => {
  expect(grid.at(610, 70)).toBe(23);
  expect(grid.at(785, 70)).toBeUndefined();
  expect(grid.at(-1, -1)).toBeUndefined();
});

test("a rectangle finds what looking at every card finds", () => {
  for (const [left, top, right, bottom] of [[0, 0, 10, 10], [500, 100, 1400, 400], [-1e5, -1e5, 1e5, 1e5]] as const) {
    const all = [...x.keys()].filter((at) => x[at]! <= right && x[at]! + 180 >= left && y[at]! <= bottom && y[at]! + 40 >= top);
    expect(grid.within(left, top, right, bottom).sort((one, other) => one - other)).toEqual(all);
  }
}); // prettier-ignore
