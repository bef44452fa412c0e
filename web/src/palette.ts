// palette.ts - a function's colour, the same as in every other chart of statslice (src/chart/palette.c).

const LIGHT = ["#e17c7d", "#804810", "#ebad2e", "#8f8611", "#93ddad", "#42aec0", "#4379d3", "#663e9e", "#d8b9fe",
  "#b04475", "#9c6a59", "#9ba642", "#5d7916", "#85c577", "#559e59", "#1b683e", "#236d99", "#8885c9", "#bf8ff4", "#b3729e"];
const DARK = ["#ee8889", "#8e5520", "#f7b83e", "#9b9326", "#9ee8b8", "#50bbcc", "#4f86e1", "#734bac", "#e0c8fd",
  "#bf5182", "#a97665", "#a7b34f", "#698627", "#91d183", "#62ab65", "#2b754b", "#327aa7", "#9492d6", "#ca9dfd", "#c07eaa"];
const FIRST = 10; // are told apart best, and are given away first

const WORD = (1n << 64n) - 1n;
const utf8 = new TextEncoder();

function mix(word: bigint): bigint {
  word ^= word >> 30n;
  word = (word * 0xbf58476d1ce4e5b9n) & WORD;
  word ^= word >> 27n;
  word = (word * 0x94d049bb133111ebn) & WORD;
  return word ^ (word >> 31n);
}

/** src/base/hash.c, sts__hash_bytes: eight bytes at a time, little-endian. */
export function hashText(text: string): bigint {
  const bytes = utf8.encode(text);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let hash = 0x9e3779b97f4a7c15n ^ BigInt(bytes.length);
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    hash = ((hash ^ view.getBigUint64(at, true)) * 0xbf58476d1ce4e5b9n) & WORD;
    hash ^= hash >> 32n;
  }
  let word = 0n;
  for (let i = bytes.length - 1; i >= at; i--) word = (word << 8n) | BigInt(bytes[i]!);
  return mix(hash ^ word);
}

/** A number of a colour for each name, largest first; a larger one's colour is not given twice. */
export function assignColors(names: string[]): number[] {
  let taken = new Set<number>();
  return names.map((name, column) => {
    if (column % FIRST === 0) taken = new Set();
    let place = Number(hashText(name) % BigInt(FIRST));
    while (taken.has(place)) place = (place + 1) % FIRST;
    taken.add(place);
    return (place + Math.floor(column / FIRST) * FIRST) % LIGHT.length;
  });
}

export function colorOf(number: number, dark: boolean): string {
  return (dark ? DARK : LIGHT)[number]!;
}
