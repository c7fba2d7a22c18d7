import { expect, test } from "vitest";
import { centred, fitted, LARGEST_SCALE, seen, zoomed } from "./camera";

const view = { width: 800, height: 600 };

test("zooming keeps the point under the pointer where it is", () => {
  const camera = { scale: 1, x: 10, y: 20 };
  const after = zoomed(camera, 2, 110, 220);
  expect(after.scale).toBe(2);
  expect([(110 - after.x) / after.scale, (220 - after.y) / after.scale]).toEqual([100, 200]);
});

test("zooming has its limits", () => expect(zoomed({ scale: 1, x: 0, y: 0 }, 1e9, 0, 0).scale).toBe(LARGEST_SCALE));

test("a large drawing is made to fit, a small one stays as it is, both in the middle", () => {
  expect(fitted({ width: 7520, height: 100 }, view)).toEqual({ scale: 0.1, x: 24, y: 295 });
  expect(fitted({ width: 200, height: 100 }, view)).toEqual({ scale: 1, x: 300, y: 250 });
});

test("the seen part around a centre", () => {
  expect(seen(centred({ scale: 2, x: 0, y: 0 }, 100, 50, view), view)).toEqual({ left: -100, top: -100, right: 300, bottom: 200 });
});
