/** Names of style sheets, made from their content. */

const hex = (n: number): string => (n >>> 0).toString(16).padStart(8, "0");

/**
 * 24 lower-case hexadecimal digits: 64 bits of hash and the length. Not cryptographic: an id means something within
 * its session only, and the server stores a sheet under a hash of its own.
 */
export function sheetId(text: string): string {
  let a = 0x811c9dc5;
  let b = 0x2f0b4c47;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    a = Math.imul(a ^ c, 0x01000193);
    b = Math.imul((b << 15) | (b >>> 17), 0x9e3779b1) + c;
  }
  // The upper bits of a product know more than the lower: fold them down.
  return hex(Math.imul(a ^ (a >>> 15), 0x85ebca6b)) + hex(b ^ (b >>> 13)) + hex(text.length);
}
