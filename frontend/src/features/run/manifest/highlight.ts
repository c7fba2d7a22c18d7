// A line of YAML or JSON in pieces with their kinds, for colouring. Pure; it looks at one line at a time, so that only
// lines in view cost anything: the inside of a block text is taken for what it looks like.

export type PieceKind = "key" | "text" | "value" | "comment" | "expression" | "mark" | "plain";

export interface Piece {
  kind: PieceKind;
  text: string;
}

const LINE = /^(\s*(?:- +)*-?)((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'{[&*!|>%@`-][^#:]*?|[^\s#:"'{[][^\s:]*))?(\s*:)(?=\s|$)/;
const TOKEN = /(\{\{.*?\}\})|("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')|((?:^|\s)#.*$)|(\b(?:true|false|null)\b|(?<![\w.:/-])-?\d+(?:\.\d+)?(?![\w.-]))|([{}[\],]|[|>][+-]?\d?$)/g;
/** longer lines are shown without colours: nobody reads them, and expressions take time */
const LONGEST = 2_000;

export function piecesOf(line: string): Piece[] {
  if (line.length > LONGEST) return [{ kind: "plain", text: line }];
  const pieces: Piece[] = [];
  const key = LINE.exec(line);
  let rest = line;
  if (key?.[2] !== undefined) {
    push(pieces, "plain", key[1]!);
    push(pieces, "key", key[2]);
    push(pieces, "mark", key[3]!);
    rest = line.slice(key[0].length);
  }
  let done = 0;
  for (const found of rest.matchAll(TOKEN)) {
    push(pieces, "plain", rest.slice(done, found.index));
    if (found[2] !== undefined) pushText(pieces, found[2]);
    else push(pieces, kindOf(found), found[0]);
    done = found.index + found[0].length;
  }
  push(pieces, "plain", rest.slice(done));
  return pieces;
}

function kindOf(found: RegExpMatchArray): PieceKind {
  if (found[1] !== undefined) return "expression";
  if (found[3] !== undefined) return "comment";
  return found[4] !== undefined ? "value" : "mark";
}

// Expressions stand out inside quotes as well.
function pushText(pieces: Piece[], text: string): void {
  let done = 0;
  for (const found of text.matchAll(/\{\{.*?\}\}/g)) {
    push(pieces, "text", text.slice(done, found.index));
    push(pieces, "expression", found[0]);
    done = found.index + found[0].length;
  }
  push(pieces, "text", text.slice(done));
}

function push(pieces: Piece[], kind: PieceKind, text: string): void {
  if (text) pieces.push({ kind, text });
}
