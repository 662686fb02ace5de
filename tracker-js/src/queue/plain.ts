/** Sections as they are: text to bytes. */
import { CODEC_NONE, type Section } from "../wire";

/** Signals, replay. */
export type Texts = [string, string];

/** The section as it is: the only way while the page unloads, where nothing asynchronous ends. */
export function plain(text: string): Section {
  const encoder = new TextEncoder();
  let bytes = new Uint8Array(text.length);
  // Half the time that `encode` takes; there is room where no character takes more than one byte.
  if (encoder.encodeInto(text, bytes).read < text.length) bytes = encoder.encode(text);
  return { codec: CODEC_NONE, bytes, raw: bytes.length };
}
