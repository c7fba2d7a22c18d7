import { expect, test } from "vitest";
import { fitText } from "./texts";

const context = { font: "13px any", measureText: (text: string) => ({ width: [...text].length * 10 }) as TextMetrics };

test.each([
  ["short", 100, "short"],
  ["much too long", 60, "much …"],
  ["🙂🙂🙂🙂", 30, "🙂🙂…"],
  ["🙂🙂", 20, "🙂🙂"],
  ["nothing fits", 5, "…"],
])("%s in %d", (text, width, fitted) => expect(fitText(context, text, width)).toBe(fitted));
