// Packs cards into boxes: cards that come after the same cards and before the same cards share one, in rows.

import type { Card } from "./scene";

export interface Box {
  /** places of cards */
  cards: readonly number[];
  columns: number;
  rows: number;
}

/** Fewer stand side by side as any others do. */
const PACKED_FROM = 9;
/** A packed box is about twice as wide as high when cards are four times as wide as high. */
const COLUMNS_PER_ROOT = 0.7;

export function boxesOf(cards: readonly Card[], links: readonly (readonly [number, number])[]) {
  const twins = new Map<string, number[]>();
  const before = signatures(cards.length, links, 1);
  const after = signatures(cards.length, links, 0);
  cards.forEach((card, place) => {
    const alone = card.kind === "artifact" || (before[place] === "" && after[place] === "");
    const key = alone ? `#${place}` : `${card.lane}|${card.kind}|${before[place]}|${after[place]}`;
    const others = twins.get(key);
    if (others) others.push(place);
    else twins.set(key, [place]);
  });
  const boxes: Box[] = [];
  const boxOf = new Int32Array(cards.length);
  for (const members of twins.values()) {
    const packs = members.length >= PACKED_FROM ? [members] : members.map((place) => [place]);
    for (const pack of packs) {
      for (const place of pack) boxOf[place] = boxes.length;
      const columns = pack.length === 1 ? 1 : Math.max(3, Math.round(Math.sqrt(pack.length) * COLUMNS_PER_ROOT));
      boxes.push({ cards: pack, columns, rows: Math.ceil(pack.length / columns) });
    }
  }
  return { boxes, boxOf, ...edgesOf(boxOf, links) };
}

function signatures(count: number, links: readonly (readonly [number, number])[], end: 0 | 1): string[] {
  const others: number[][] = Array.from({ length: count }, () => []);
  for (const link of links) others[link[end]]!.push(link[1 - end]!);
  return others.map((list) => list.sort((one, other) => one - other).join());
}

function edgesOf(boxOf: Int32Array, links: readonly (readonly [number, number])[]) {
  const known = new Set<number>();
  const from: number[] = [];
  const to: number[] = [];
  for (const [tail, head] of links) {
    const [one, other] = [boxOf[tail]!, boxOf[head]!];
    const key = one * 4_194_304 + other;
    if (one === other || known.has(key)) continue;
    known.add(key);
    from.push(one);
    to.push(other);
  }
  return { from: Int32Array.from(from), to: Int32Array.from(to) };
}
