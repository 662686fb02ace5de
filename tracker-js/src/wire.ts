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

export interface Header {
  flags: number;
  /** 0 unknown, 1 granted, 2 denied, 3 implied, 4 not needed. */
  consent: number;
  /** Session id (16 bytes: UTC day, big-endian, then random), document id (16), tab id (8), visitor hash (16, or zeros). */
  who: Uint8Array;
  sequence: number;
}

export interface Section {
  codec: number;
  bytes: Uint8Array<ArrayBuffer>;
  /** Length when inflated, bytes. */
  raw: number;
}

/** Signals, replay. */
export type Sections = [Section, Section];

/**
 * Lays out one frame; `sent_at` stays 0 until `stamp`. Browsers run on little-endian machines only, so typed arrays
 * write what the protocol asks for.
 */
export function encode(h: Header, [one, two]: Sections): Uint8Array<ArrayBuffer> {
  const middle = HEADER_BYTES + one.bytes.length;
  const frame = new Uint8Array(middle + two.bytes.length);
  frame.set([MAGIC, VERSION, h.flags, 0, h.consent, one.codec, two.codec, 0, ...h.who]);
  new Uint32Array(frame.buffer, 64, 5).set([h.sequence, one.bytes.length, one.raw, two.bytes.length, two.raw]);
  frame.set(one.bytes, HEADER_BYTES);
  frame.set(two.bytes, middle);
  return frame;
}

/** Rewrites the time of sending, Unix ms by the clock that events are told by. */
export function stamp(frame: Uint8Array<ArrayBuffer>, sentAt = performance.timeOrigin + performance.now()): Uint8Array<ArrayBuffer> {
  new Float64Array(frame.buffer, 88, 1)[0] = sentAt;
  return frame;
}

export interface Decoded extends Omit<Header, "who"> {
  version: number;
  session: Uint8Array;
  document: Uint8Array;
  tab: Uint8Array;
  visitor: Uint8Array;
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
    sentAt: view.getFloat64(88, true),
    signals: section(view.getUint8(5), HEADER_BYTES, end, number(72)),
    replay: section(view.getUint8(6), end, frame.length, number(80)),
  };
}
