/** Random bytes and their text forms. */

export function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((b) => (b + 256).toString(16).slice(1)).join("");
}

/** Undefined for what is not hexadecimal, or not of exactly `length` bytes: storage may hold anything. */
export function unhex(text: unknown, length?: number): Uint8Array<ArrayBuffer> | undefined {
  const pairs = /^([\da-f]{2})+$/.exec(text as string)?.[0].match(/../g);
  return pairs && (pairs.length === length || !length) ? Uint8Array.from(pairs, (pair) => parseInt(pair, 16)) : undefined;
}

/** Gives the first 16 bytes of SHA-256; tells whether it will: not where the page is no secure context. */
export function digest(text: string, use: (sum: Uint8Array) => void): boolean {
  return !!(crypto.subtle as SubtleCrypto | undefined)
    ?.digest("SHA-256", new TextEncoder().encode(text))
    .then((sum) => use(new Uint8Array(sum, 0, 16)));
}
