import { expect, test } from "vitest";
import { contentAddress, isPage, outOf, prettyJson, sizeText, TOP, within, type ListedArtifact, type Preview } from "./artifacts";

const artifact = { isDirectory: true, links: { content: "/c" } } as ListedArtifact;
const preview = (kind: Preview["kind"], contentType = "") => ({ kind, contentType }) as Preview;
const entry = (name: string) => ({ name, isDirectory: name.endsWith("/"), size: 1 });

test.each([
  [TOP, "save", "/c?archive=zip"],
  [TOP, "show", "/c?inline=true"],
  [{ path: "a b/c&d", entry: "" }, "save", "/c?path=a+b%2Fc%26d"],
  [{ path: "", entry: "x/y" }, "show", "/c?entry=x%2Fy&inline=true"],
] as const)("the address of %o to %s", (place, how, address) => expect(contentAddress(artifact, place, how)).toBe(address));

test("into folders and archives level by level, and out again", () => {
  const below = within(within(TOP, preview("folder"), entry("a/")), preview("folder"), entry("b"));
  expect(below).toEqual({ path: "a/b", entry: "" });
  const folder = within(below, preview("archive"), entry("x/"));
  const file = within(folder, preview("archive"), entry("y.txt"));
  expect([folder, file]).toEqual([{ path: "a/b", entry: "x/" }, { path: "a/b", entry: "x/y.txt" }]); // prettier-ignore
  expect(outOf(file)).toEqual(folder);
  expect(outOf(folder)).toEqual(below);
  expect(outOf(outOf(below)!)).toEqual(TOP);
  expect(outOf(TOP)).toBeUndefined();
});

test.each([[null, "–"], [0, "0 B"], [999, "999 B"], [1_500, "1.5 kB"], [2_000_000, "2.0 MB"], [3e15, "3000.0 TB"]] as const)(
  "%s bytes", (size, text) => expect(sizeText(size)).toBe(text)); // prettier-ignore

test("only HTML is a page", () => {
  expect(isPage(preview("text", "text/html; charset=utf-8"))).toBe(true);
  expect(isPage(preview("text", "text/plain"))).toBe(false);
});

test("broken JSON stays as it is", () => {
  expect(prettyJson('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(prettyJson('{"a":')).toBe('{"a":');
});
