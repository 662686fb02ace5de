/**
 * Fonts that scripts load: those of style sheets are in the sheets. A font says nothing of where it came from, so it
 * must be seen when it is made; fonts made before the recorder began are not.
 */
import { guard } from "../guard";
import type { Recording } from "./recording";
import { hook } from "./styles/hooks";
import { cleanCss } from "./styles/text";

/** Largest font told by its bytes: the player takes them as a list of numbers, up to four characters each. */
const MAX_BYTES = 64 * 1024;

type Made = [family: string, source: string | BufferSource, descriptors?: FontFaceDescriptors];

/** The player puts fonts into the outer document only, so only its fonts are told. */
export function recordFonts(r: Recording): void {
  const Native = globalThis.FontFace as typeof FontFace | undefined;
  if (!Native) return;
  const made = new WeakMap<object, object>();

  const describe = guard((face: object, [family, source, descriptors = {}]: Made) => {
    let fontSource = source;
    if (typeof fontSource !== "string") {
      if (fontSource.byteLength > MAX_BYTES) return;
      const bytes = ArrayBuffer.isView(fontSource)
        ? new Uint8Array(fontSource.buffer, fontSource.byteOffset, fontSource.byteLength)
        : new Uint8Array(fontSource);
      fontSource = `[${bytes.join()}]`;
    } else fontSource = cleanCss(fontSource, document.baseURI, r.host);
    made.set(face, { family, fontSource, buffer: fontSource[0] === "[", descriptors });
  });
  const wrapped = new Proxy(Native, {
    construct(target, args, caller) {
      const face = Reflect.construct(target, args, caller === wrapped ? target : caller) as object;
      describe(face, args as Made);
      return face;
    },
  });
  guard(() => (globalThis.FontFace = wrapped))();
  r.undo.push(() => {
    if (globalThis.FontFace === wrapped) globalThis.FontFace = Native;
  });
  hook(r.undo, (document.fonts as FontFaceSet | undefined) && Object.getPrototypeOf(document.fonts) as object, "add", (set, [face]) => {
    const font = set === document.fonts && made.get(face as object);
    if (font) r.incremental(10, font);
  });
}
