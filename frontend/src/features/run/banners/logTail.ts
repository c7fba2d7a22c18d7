// The last lines of a text that comes in pieces, in bounded memory. Pure.

const KEPT_CHARACTERS = 32_000;

export interface Tail {
  text: string;
  /** characters taken in so far */
  taken: number;
}

export const EMPTY_TAIL: Tail = { text: "", taken: 0 };

export function addPiece(tail: Tail, piece: string): Tail {
  return { text: (tail.text + piece).slice(-KEPT_CHARACTERS), taken: tail.taken + piece.length };
}

/** Without the codes that colour text in terminals, and without empty lines at the end. */
export function lastLines(tail: Tail, count: number): string[] {
  const plain = tail.text.replace(/\x1b\[[0-9;?]*[A-Za-z]/g, "").trimEnd();
  return plain === "" ? [] : plain.split(/\r?\n/).slice(-count);
}
