/**
 * Frames as docs/wire-protocol.md describes them: a header of 96 bytes, a
 * signals section, a replay section; all integers little-endian.
 */

export const HEADER_BYTES = 96;
/** Largest frame a collector takes, bytes. */
export const MAX_FRAME = 900_000;
/** Longest replay section when inflated, bytes. */
export const MAX_REPLAY = 16 << 20;

export const FLAG_LAST = 1;
export const FLAG_SAMPLED = 4;

export const CODEC_NONE = 0;
export const CODEC_GZIP = 1;
export const CODEC_DEFLATE_RAW = 2;

const MAGIC = 0x48;
const VERSION = 1;
const SESSION_AT = 8;
const SENT_AT = 88;

export interface Header {
  flags: number;
  /** 0 unknown, 1 granted, 2 denied, 3 implied, 4 not needed. */
  consent: number;
  /** 16 bytes: UTC day, big-endian, then 14 random ones. */
  session: Uint8Array;
  /** 16 random bytes. */
  document: Uint8Array;
  /** 8 random bytes. */
  tab: Uint8Array;
  /** First 16 bytes of SHA-256 of the visitor id, or zeros. */
  visitor: Uint8Array;
  sequence: number;
}

export interface Section {
  codec: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** Length when inflated, bytes. */
  raw: number;
}

/** Lays out one frame; `sent_at` stays 0 until `stamp`. */
export function encode(h: Header, signals: Section, replay: Section): Uint8Array<ArrayBuffer> {
  const a = signals.bytes.length;
  const frame = new Uint8Array(HEADER_BYTES + a + replay.bytes.length);
  const view = new DataView(frame.buffer);
  view.setUint16(0, MAGIC | (VERSION << 8), true);
  view.setUint16(2, h.flags, true);
  frame.set([h.consent, signals.codec, replay.codec], 4);
  frame.set(h.session, SESSION_AT);
  frame.set(h.document, 24);
  frame.set(h.tab, 40);
  frame.set(h.visitor, 48);
  [h.sequence, a, signals.raw, replay.bytes.length, replay.raw].forEach((n, i) =>
    view.setUint32(64 + 4 * i, n, true),
  );
  frame.set(signals.bytes, HEADER_BYTES);
  frame.set(replay.bytes, HEADER_BYTES + a);
  return frame;
}

/** Rewrites the time of sending, Unix ms by the browser's clock. */
export function stamp(frame: Uint8Array<ArrayBuffer>, sentAt: number): void {
  new DataView(frame.buffer).setFloat64(SENT_AT, sentAt, true);
}

/** Moves a refused frame into another session; its content stays as it is. */
export function rehome(frame: Uint8Array, session: Uint8Array): void {
  frame.set(session, SESSION_AT);
}

export interface Decoded extends Header {
  version: number;
  sentAt: number;
  signals: Section;
  replay: Section;
}

/** Reads one frame; throws when it is none. Tests and tools use it, the page does not. */
export function decode(frame: Uint8Array<ArrayBuffer>): Decoded {
  if (frame.length < HEADER_BYTES || frame[0] !== MAGIC) throw new Error("no frame");
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const number = (at: number): number => view.getUint32(at, true);
  const end = HEADER_BYTES + number(68);
  if (frame.length !== end + number(76)) throw new Error("lengths do not add up");
  const section = (codec: number, from: number, to: number, raw: number): Section => {
    if (codec === CODEC_NONE && raw !== to - from) throw new Error("lengths of a plain section differ");
    return { codec, bytes: frame.slice(from, to), raw };
  };
  return {
    version: view.getUint8(1),
    flags: view.getUint16(2, true),
    consent: view.getUint8(4),
    session: frame.slice(8, 24),
    document: frame.slice(24, 40),
    tab: frame.slice(40, 48),
    visitor: frame.slice(48, 64),
    sequence: number(64),
    sentAt: view.getFloat64(SENT_AT, true),
    signals: section(view.getUint8(5), HEADER_BYTES, end, number(72)),
    replay: section(view.getUint8(6), end, frame.length, number(80)),
  };
}
