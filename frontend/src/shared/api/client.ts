// Requests to the server's API: JSON in and out, CSRF, faults as ApiProblem. Not for caching: react-query does that.

import type { paths } from "./schema";

export type ApiPath = keyof paths;

/** A refusal or fault in the server's words; `code` is stable, `status` 0 means the server was not reached. */
export class ApiProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly problems: readonly ManifestProblem[] = [],
    readonly body: unknown = undefined,
  ) {
    super(message);
  }
}

/** One mistake in a manifest, see the problem shape of the API. */
export interface ManifestProblem {
  code: string;
  message: string;
  severity?: string;
  path?: string;
  line?: number;
  column?: number;
  remedy?: string;
}

export interface RequestOptions {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  query?: Record<string, string | number | boolean | readonly string[] | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  headers?: Record<string, string>;
}

export async function request<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await send(path, options);
  if (response.status === 204) return undefined as T;
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response.status, body);
  return body as T;
}

/** The response itself, for streams and downloads. Throws ApiProblem as `request` does. */
export async function open(path: string, options: RequestOptions = {}): Promise<Response> {
  const response = await send(path, options);
  if (!response.ok) throw problemOf(response.status, await response.json().catch(() => undefined));
  return response;
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const { method = "GET", body, signal } = options;
  const headers: Record<string, string> = { Accept: "application/json", ...options.headers };
  const isForm = body instanceof FormData;
  if (body !== undefined && !isForm) headers["Content-Type"] = "application/json";
  if (method !== "GET") headers["X-CSRFToken"] = csrfToken();
  const init: RequestInit = { method, headers, credentials: "same-origin" };
  if (signal) init.signal = signal;
  if (body !== undefined) init.body = isForm ? body : JSON.stringify(body);
  try {
    return await fetch(withQuery(path, options.query), init);
  } catch (fault) {
    if (signal?.aborted) throw fault;
    throw new ApiProblem(0, "unreachable", "The server cannot be reached.");
  }
}

export function withQuery(path: string, query: RequestOptions["query"] = {}): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || value === "") continue;
    for (const one of Array.isArray(value) ? value : [value]) parameters.append(name, String(one));
  }
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

function csrfToken(): string {
  return /(?:^|; )csrftoken=([^;]*)/.exec(document.cookie)?.[1] ?? "";
}

function problemOf(status: number, body: unknown): ApiProblem {
  const fields = (typeof body === "object" && body !== null ? body : {}) as Record<string, unknown>;
  const text = [fields["detail"], fields["message"], fields["title"]].find((value) => typeof value === "string");
  const problems = Array.isArray(fields["problems"]) ? (fields["problems"] as ManifestProblem[]) : [];
  return new ApiProblem(status, String(fields["code"] ?? `http-${status}`), String(text ?? status), problems, body);
}
