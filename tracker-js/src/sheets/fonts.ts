/**
 * Fonts that scripts load: those of style sheets are in the sheets. A font says nothing of where it came from, so it
 * must be seen when it is made; fonts made before the recorder began are not.
 */
import type { Observing } from "../recorder/observe";

/** Largest font told by its bytes: the player takes them as a list of numbers, up to four characters each. */
const MAX_BYTES = 64 * 1024;

interface Font {
  family: string;
  fontSource: string;
  buffer: boolean;
  descriptors: object;
}

/** The player puts fonts into the outer document only, so only its fonts are told. */
export function createFonts(r: Observing): (set: unknown, args: unknown[], face: unknown) => void {
  const made = new WeakMap<object, Font>();
  /** A page may add one with each key of a secret. */
  const waiting = new Set<Font>();
  r.each(() => {
    for (const font of waiting) {
      const { family, fontSource, descriptors } = font;
      // Its name may be a secret.
      if (![family, fontSource, ...(Object.values(descriptors) as string[])].some((text) => r.host.protection.taints(String(text)))) r.incremental(10, font);
    }
    waiting.clear();
  });
  return (set, args, face) => {
    if (set === document.fonts) {
      const font = made.get(args[0] as object);
      if (font) waiting.add(font);
      r.soon();
    } else if (args.length > 1) {
      const [family, source, descriptors = {}] = args as [string, string | BufferSource, object?];
      let fontSource: string;
      if (typeof source === "string") fontSource = r.styling.placed(source, document.baseURI);
      else {
        if (source.byteLength > MAX_BYTES) return;
        const { buffer = source, byteOffset, byteLength } = source as Uint8Array<ArrayBuffer>;
        fontSource = `[${new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength).join()}]`;
      }
      made.set(face as object, { family, fontSource, buffer: typeof source !== "string", descriptors });
    }
  };
}
