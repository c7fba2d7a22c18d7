// Values as YAML text, for reading only: block style, keys in the order given, texts of several lines as blocks. Pure.

const PLAIN = /^[\p{L}\p{N}_./\\(](?:[\p{L}\p{N}\p{M} _./\\()+=,;@%$-]|:(?! |$))*$/u;
/** what YAML 1.1 or 1.2 would read as something else than a text */
const NOT_TEXT = /^(?:~|null|true|false|yes|no|on|off|y|n|[-+]?[\d.][\d_.,:eExXa-fA-F+-]*|[-+]?\.(?:inf|nan)|\d{4}-\d\d?-\d\d?.*)$/i;

export function toYaml(value: unknown): string {
  return `${block(value, "").replace(/^\n/, "")}\n`;
}

// With its leading space or line break, so that it can stand right after a colon or a dash.
function block(value: unknown, indent: string): string {
  if (Array.isArray(value)) {
    if (value.length === 0) return " []";
    return value.map((item) => `\n${indent}-${inItem(item, indent)}`).join("");
  }
  if (typeof value === "object" && value !== null) {
    const entries = Object.entries(value);
    if (entries.length === 0) return " {}";
    return entries.map(([key, one]) => `\n${indent}${scalar(key, "", true)}:${block(one, isList(one) ? indent : `${indent}  `)}`).join("");
  }
  return ` ${scalar(value, indent)}`;
}

// A mapping in a list begins on the line of its dash.
function inItem(item: unknown, indent: string): string {
  const inner = block(item, `${indent}  `);
  return typeof item === "object" && item !== null && inner.startsWith("\n") ? ` ${inner.slice(1).trimStart()}` : inner;
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

function scalar(value: unknown, indent: string, isKey = false): string {
  if (typeof value !== "string") return String(value);
  if (!isKey && value.includes("\n") && isFitForBlock(value)) return literal(value, indent || "  ");
  const isPlain = PLAIN.test(value) && !NOT_TEXT.test(value) && !value.endsWith(" ");
  return isPlain ? value : JSON.stringify(value);
}

// A block cannot hold what has no printable form, nor begin with a space without more ado.
function isFitForBlock(text: string): boolean {
  return !/^[ \n]/.test(text) && !/[^\n\t\P{C}]/u.test(text) && !text.includes("\u2028") && !text.includes("\u0085");
}

function literal(text: string, indent: string): string {
  const ends = /\n*$/.exec(text)![0].length;
  const mark = ends === 0 ? "|-" : ends === 1 ? "|" : "|+";
  const lines = text.replace(/\n$/, "").split("\n");
  return mark + lines.map((line) => `\n${line === "" ? "" : indent + line}`).join("");
}
