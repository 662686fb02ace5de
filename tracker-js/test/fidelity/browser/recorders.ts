/** In the recorded page: our recorder and the oracle behind one interface, `fidelity.start(name)`. */
import { record } from "@rrweb/record";
import { protect } from "../../../src/privacy/protect";
import * as drawn from "../../../src/drawn/main";
import * as frames from "../../../src/frames/main";
import { after, guard, undoAll } from "../../../src/guard";
import * as hold from "../../../src/hold/main";
import * as inputs from "../../../src/inputs/main";
import { start as tellOffsets } from "../../../src/late/offsets";
import * as layers from "../../../src/layers/main";
import { unseen } from "../../../src/link/hidden";
import * as media from "../../../src/media/main";
import { eachDocument } from "../../../src/observe/frames";
import { createScrubber } from "../../../src/privacy/scrub";
import type { Privacy, ReplayEvent } from "../../../src/recorder/contract";
import { start as begin } from "../../../src/recorder/main";
import * as selection from "../../../src/selection/main";
import * as sheets from "../../../src/sheets/main";
import * as spelled from "../../../src/spelled/main";
import * as words from "../../../src/words/main";

/** Of the late part what the recorder's parts have; nothing is compressed here. */
const late = { start: tellOffsets, press: () => undefined };
const PARTS: Record<string, unknown> = { drawn, frames, hold, inputs, late, layers, media, selection, sheets, spelled, words };
/** How long a part takes to come, ms. */
const WAY = 30;
/** Parts that were asked for, each until it has come. */
const coming = new Set<Promise<unknown>>();
const asked = new Set<string>();

/** `snapshots`: the oracle, which is told to take a whole new snapshot at each moment. */
export type RecorderName = "ours" | "rrweb" | "snapshots";

const events: string[] = [];
const protection: Privacy["protection"] = protect();
protection.wrap();
/** A part comes a little after it was asked for. */
function load<T>(part: string, use: (exported: T) => void, fail: () => void): void {
  if (!(part in PARTS)) return fail();
  asked.add(part);
  const way = new Promise((come) => setTimeout(come, WAY)).then(() => use(PARTS[part] as T)).finally(() => coming.delete(way));
  coming.add(way);
}
const scrub = createScrubber(protection.taints, []);
// As it leaves: what a recorder changes afterwards is not told.
const take = (event: unknown): void => void events.push(JSON.stringify(event));
/** Of ours an incremental event is written short, with the time since the one before it. */
let before = 0;
const hand = (event: ReplayEvent): void => {
  const { type, data, timestamp } = event;
  take(type === 3 ? [timestamp - before, ...(data as unknown[])] : event);
  before = timestamp;
};

/** Reads the clock as the recorder writes it, Unix ms. */
let clock = (): number => Date.now();

/** What each look at the clock costs on a page that seems slow, ms: a recorder that works in slices makes many. */
const SLOW = 4;

export function start(name: RecorderName, slow: boolean): void {
  if (name === "ours") clock = () => performance.timeOrigin + performance.now();
  if (slow) {
    const now = performance.now.bind(performance);
    let late = 0;
    performance.now = () => now() + (late += SLOW);
  }
  if (name !== "ours")
    return void record({
      emit: take,
      maskAllInputs: false,
      maskInputOptions: { password: true },
      inlineStylesheet: true,
      recordAfter: "DOMContentLoaded",
    });
  begin({
    protection,
    scrub,
    hand,
    hasSheet: () => false,
    unseen: (target) => unseen([target], protection),
    guard,
    after,
    undoAll,
    eachDocument,
    load,
    gap: (reason) => { throw new Error(`a gap: ${reason}`); },
    script: document.baseURI,
    canvas: false,
    budget: 0,
  });
}

export const time = (): number => clock();

export const told = (): string => `[${events.join()}]`;

/** Between two looks whether the recorder is at its end, ms: slices come sooner. */
const LULL = 20;
/** Longest wait for an idle moment, ms, no shorter than the recorder's. */
const IDLE = 200;

/** Before the page is looked at: what was asked for has come, and has told what it found; thousands of nodes to the last. */
export async function moment(name: RecorderName): Promise<void> {
  if (name === "snapshots") record.takeFullSnapshot();
  while (coming.size) {
    await Promise.all(coming);
    await new Promise((told) => setTimeout(told, 50));
  }
  for (let known; known !== events.length; ) {
    known = events.length;
    await new Promise((idle) => requestIdleCallback(idle, { timeout: IDLE }));
    await new Promise((told) => setTimeout(told, LULL));
  }
}

/** The parts that the recorder has asked for on this page. */
export const parts = (): string[] => [...asked].sort();
