/**
 * Sections compressed, where the browser can: by the late part once it is
 * there, by the recorder while it runs.
 */
import { CODEC_DEFLATE_RAW, type Section, type Sections } from "../wire";
import { plain, type Texts } from "./plain";

/** Below this compression gains nothing, bytes. */
const WORTH_IT = 100;

/** The section compressed; as it is where the browser has no compressor. */
export async function squeeze(text: string): Promise<Section> {
  const section = plain(text);
  if (section.raw > WORTH_IT)
    try {
      // Written by hand: to pipe a blob through costs as much again.
      const { readable, writable } = new CompressionStream("deflate-raw");
      const writer = writable.getWriter();
      const [packed] = await Promise.all([new Response(readable).arrayBuffer(), writer.write(section.bytes), writer.close()]);
      section.bytes = new Uint8Array(packed);
      section.codec = CODEC_DEFLATE_RAW;
    } catch {
      // It stays as it is.
    }
  return section;
}

export function squeezeAll(texts: Texts): Promise<Sections> {
  return Promise.all(texts.map(squeeze)) as Promise<Sections>;
}
