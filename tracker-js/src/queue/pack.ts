/** Sections: text to bytes, compressed where the browser can and time allows. */
import { CODEC_DEFLATE_RAW, CODEC_NONE, type Section, type Sections } from "../wire";

/** Below this compression gains nothing, bytes. */
const WORTH_IT = 200;

/** The section as it is: the only way while the page unloads, where nothing asynchronous ends. */
export function plain(text: string): Section {
  const bytes = new TextEncoder().encode(text);
  return { codec: CODEC_NONE, bytes, raw: bytes.length };
}

/** Signals, replay. */
export type Texts = [string, string];

/** The section compressed; as it is where the browser has no compressor. */
export async function squeeze(text: string): Promise<Section> {
  const section = plain(text);
  if (section.raw > WORTH_IT)
    try {
      const stream = new Blob([section.bytes]).stream().pipeThrough(new CompressionStream("deflate-raw"));
      section.bytes = new Uint8Array(await new Response(stream).arrayBuffer());
      section.codec = CODEC_DEFLATE_RAW;
    } catch {
      // It stays as it is.
    }
  return section;
}

export function squeezeAll(texts: Texts): Promise<Sections> {
  return Promise.all(texts.map(squeeze)) as Promise<Sections>;
}
