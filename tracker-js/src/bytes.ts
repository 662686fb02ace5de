/** Random bytes and their text forms. */

export function random(length: number): Uint8Array<ArrayBuffer> {
  return crypto.getRandomValues(new Uint8Array(length));
}

export function hex(bytes: Uint8Array): string {
  return [...bytes].map((b) => (b + 256).toString(16).slice(1)).join("");
}

/** Undefined for what is not exactly `length` bytes in hexadecimal: storage may hold anything. */
export function unhex(text: unknown, length = String(text).length / 2): Uint8Array<ArrayBuffer> | undefined {
  const digits = String(text);
  if (digits.length !== 2 * length || /[^\da-f]/.test(digits)) return;
  return Uint8Array.from({ length }, (_, i) => parseInt(digits.slice(2 * i, 2 * i + 2), 16));
}

/** First 16 bytes of SHA-256; nothing where the page is no secure context. */
export async function digest(text: string): Promise<Uint8Array | undefined> {
  return crypto.subtle && new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)), 0, 16);
}
