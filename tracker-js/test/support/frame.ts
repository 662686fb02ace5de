/** Frames with their sections inflated, as tests and golden files show them. */
import { gunzipSync, inflateRawSync } from "node:zlib";
import { hex } from "../../src/bytes";
import { expand } from "./expand";
import { CODEC_DEFLATE_RAW, CODEC_GZIP, decode, HEADER_BYTES, type Section } from "../../src/wire";

export interface SignalsSection {
  origin: number;
  offset?: number;
  view: number;
  path: string;
  signals: ({ k: string; t: number } & Record<string, unknown>)[];
}

export interface ReplayItem {
  type: number;
  timestamp: number;
  data: Record<string, unknown>;
}

export interface Frame {
  header: {
    version: number;
    flags: number;
    consent: number;
    session: string;
    document: string;
    tab: string;
    visitor: string;
    sequence: number;
    sent_at: number;
    signals_codec: number;
    replay_codec: number;
  };
  signals: SignalsSection | null;
  replay: ReplayItem[] | null;
}

function inflate(section: Section): string | null {
  const { codec, bytes, raw } = section;
  if (!bytes.length) return null;
  const plain =
    codec === CODEC_GZIP ? gunzipSync(bytes) : codec === CODEC_DEFLATE_RAW ? inflateRawSync(bytes) : Buffer.from(bytes);
  if (plain.length !== raw) throw new Error(`inflated to ${plain.length} bytes, header says ${raw}`);
  return plain.toString("utf8");
}

export function open(bytes: Uint8Array<ArrayBuffer>): Frame {
  const d = decode(bytes);
  const replay = inflate(d.replay);
  return {
    header: {
      version: d.version,
      flags: d.flags,
      consent: d.consent,
      session: hex(d.session),
      document: hex(d.document),
      tab: hex(d.tab),
      visitor: hex(d.visitor),
      sequence: d.sequence,
      sent_at: d.sentAt,
      signals_codec: d.signals.codec,
      replay_codec: d.replay.codec,
    },
    signals: JSON.parse(inflate(d.signals) ?? "null") as SignalsSection | null,
    replay: replay ? expand(JSON.parse(replay) as ReplayItem[]) : null,
  };
}

/** The frames of a beacon's body, one after the other. */
export function split(body: Buffer): Uint8Array<ArrayBuffer>[] {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (let at = 0; at < body.length; ) {
    const length = HEADER_BYTES + body.readUInt32LE(at + 68) + body.readUInt32LE(at + 76);
    frames.push(new Uint8Array(body.subarray(at, at + length)));
    at += length;
  }
  return frames;
}

/** Everything that a frame says, as one text to search in. */
export function everything(frames: Frame[]): string {
  return JSON.stringify(frames);
}
