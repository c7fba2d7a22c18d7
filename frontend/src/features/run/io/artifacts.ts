// Artifacts as the API lists them and looks into them. Pure but for the two requests.

import { request } from "@/shared/api/client";

export interface ListedArtifact {
  node: string;
  nodeName: string;
  side: "inputs" | "outputs";
  name: string;
  path: string;
  kind: string;
  key: string;
  contentType: string;
  size: number | null;
  isDirectory: boolean | null;
  optional: boolean;
  deleted: boolean;
  problem: string;
  links: { content: string; entries: string; preview: string };
}

export interface ArtifactPage {
  items: ListedArtifact[];
  next: string | null;
}

export interface Entry {
  name: string;
  isDirectory: boolean;
  size: number;
}

export interface Preview {
  kind: "text" | "json" | "table" | "image" | "folder" | "archive" | "other";
  contentType: string;
  size: number | null;
  isWhole: boolean;
  entry: string;
  text: string;
  rows: string[][];
  entries: Entry[];
}

/** Where inside an artifact somebody looks: below a folder, inside an archive. A folder of an archive ends with "/". */
export interface Place {
  path: string;
  entry: string;
}

export const TOP: Place = { path: "", entry: "" };

const PAGE = 50;

export function listArtifacts(uid: string, node: string | undefined, cursor: string, signal: AbortSignal): Promise<ArtifactPage> {
  return request<ArtifactPage>(`/api/runs/${uid}/artifacts`, { query: { node, cursor, limit: PAGE }, signal });
}

export async function lookInto(artifact: ListedArtifact, place: Place, signal: AbortSignal): Promise<Preview> {
  if (place.entry.endsWith("/")) {
    const inside = await request<{ entries: Entry[]; isWhole: boolean }>(artifact.links.entries, { query: { ...place }, signal });
    return { ...inside, kind: "archive", contentType: "", size: null, entry: "", text: "", rows: [] };
  }
  return request<Preview>(artifact.links.preview, { query: { ...place }, signal });
}

/** The address that shows a place (in the server's sandbox) or saves it; a folder is saved as one archive. */
export function contentAddress(artifact: ListedArtifact, place: Place, how: "show" | "save"): string {
  const query = new URLSearchParams();
  if (place.path) query.set("path", place.path);
  if (place.entry) query.set("entry", place.entry);
  if (how === "show") query.set("inline", "true");
  else if (artifact.isDirectory && !place.path && !place.entry) query.set("archive", "zip");
  const text = query.toString();
  return text ? `${artifact.links.content}?${text}` : artifact.links.content;
}

/** A place one level further in. */
export function within(place: Place, preview: Preview, entry: Entry): Place {
  const name = entry.name.replace(/\/$/, "");
  if (preview.kind === "archive") return { ...place, entry: place.entry + name + (entry.isDirectory ? "/" : "") };
  return { path: place.path ? `${place.path}/${name}` : name, entry: "" };
}

/** A place one level out; undefined at the top. */
export function outOf(place: Place): Place | undefined {
  if (place.entry) return { ...place, entry: place.entry.replace(/[^/]*\/?$/, "") };
  if (!place.path) return undefined;
  return { path: place.path.split("/").slice(0, -1).join("/"), entry: "" };
}

/** Pages of HTML and SVG are shown by the browser, alone and without scripts; all else as text. */
export function isPage(preview: Preview): boolean {
  const type = preview.contentType.split(";")[0]!.trim();
  return type === "text/html" || type === "application/xhtml+xml";
}

const UNITS = ["B", "kB", "MB", "GB", "TB"];

export function sizeText(size: number | null): string {
  if (size === null) return "–";
  let value = size;
  let unit = 0;
  while (value >= 1000 && unit < UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${unit ? value.toFixed(1) : value} ${UNITS[unit]}`;
}

/** JSON with its structure shown, or the text as it is when it is cut off or broken. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
