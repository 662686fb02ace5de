/** Sections as they are: text to bytes. */
import { CODEC_NONE, type Section } from "../wire";

/** Signals, replay. */
export type Texts = [string, string];

/** The section as it is: the only way while the page unloads, where nothing asynchronous ends. */
export function plain(text: string): Section {
  const bytes = new TextEncoder().encode(text);
  return { codec: CODEC_NONE, bytes, raw: bytes.length };
}
