/**
 * Fonts that scripts load: those of style sheets are in the sheets. A font says nothing of where it came from, so it
 * must be seen when it is made; fonts made before the recorder began are not.
 */
import type { Recording } from "./recording";
import { hook } from "./styles/hooks";
import { cleanCss } from "./styles/text";

/** Largest font told by its bytes: the player takes them as a list of numbers, up to four characters each. */
const MAX_BYTES = 64 * 1024;

type Made = [family: string, source: string | BufferSource, descriptors?: FontFaceDescriptors];

/** The player puts fonts into the outer document only, so only its fonts are told. */
export function recordFonts(r: Recording): void {
  const made = new WeakMap<object, object>();

  hook<unknown, Made>(r.undo, window, "FontFace", (_self, [family, source, descriptors = {}], face) => {
    let fontSource = source;
    const buffer = typeof fontSource !== "string";
    if (typeof fontSource === "string") fontSource = cleanCss(fontSource, document.baseURI, r.host);
    else {
      if (fontSource.byteLength > MAX_BYTES) return;
      const { buffer = fontSource, byteOffset, byteLength } = fontSource as Uint8Array<ArrayBuffer>;
      fontSource = `[${new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).join()}]`;
    }
    made.set(face as object, { family, fontSource, buffer, descriptors });
  });
  hook<unknown, object[]>(r.undo, Object.getPrototypeOf(document.fonts) as object, "add", (set, [face]) => {
    const font = set === document.fonts && made.get(face as object);
    if (font) r.incremental(10, font);
  });
}
