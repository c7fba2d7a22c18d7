// The only place that talks HTTP. Every failure becomes a Problem (RFC 9457).

export class Problem extends Error {
  constructor(body, status) {
    super(body.detail || body.title || `The server answered ${status}`);
    this.code = body.code ?? "unknown";
    this.status = status;
    this.problems = body.problems ?? [];
  }
}

function cookie(name) {
  const found = document.cookie.split("; ").find((entry) => entry.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}

async function problemOf(response) {
  try {
    return new Problem(await response.json(), response.status);
  } catch {
    return new Problem({}, response.status);
  }
}

async function send(method, path, { body, type = "application/json", signal } = {}) {
  const headers = { Accept: "application/json" };
  if (method !== "GET") headers["X-CSRFToken"] = cookie("csrftoken");
  if (body !== undefined) headers["Content-Type"] = type;
  const response = await fetch(path, { method, headers, body, signal, credentials: "same-origin" });
  if (response.status === 401) location.assign(`/login/?next=${encodeURIComponent(location.pathname)}`);
  if (!response.ok) throw await problemOf(response);
  return response;
}

export async function get(path) {
  return (await send("GET", path)).json();
}

export async function getText(path) {
  return (await send("GET", path)).text();
}

export async function post(path, value = {}) {
  const response = await send("POST", path, { body: JSON.stringify(value) });
  return response.status === 204 ? null : response.json();
}

export async function postManifest(path, text) {
  return (await send("POST", path, { body: text, type: "application/yaml" })).json();
}

export async function remove(path) {
  await send("DELETE", path);
}

// Calls `onText` with each piece of a text that may go on for as long as its source does.
export async function stream(path, onText, signal) {
  const response = await send("GET", path, { signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    onText(value);
  }
}
