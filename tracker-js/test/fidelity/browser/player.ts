/** In the second page: plays a recording up to a moment, as the dashboard's player does, and shows what is there. */
import { Replayer } from "@rrweb/replay";
import { keepAdopted } from "../../../../api/dashboard/src/replay/adopted";
import { keepRules } from "../../../../api/dashboard/src/replay/rules";
import { type Seen, walk } from "./walk";

export interface Play {
  events: { type: number; timestamp: number; data: unknown }[];
  /** Unix ms; events of a later time are not played. */
  moments: number[];
  /** Whether changes are gathered in a virtual document (a jump) or made one by one (playing on). */
  virtual: boolean;
  masked: boolean;
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Until every picture is there, or is known to be missing. */
async function pictures(doc: Document): Promise<void> {
  const waits = (root: Document | ShadowRoot): boolean =>
    Array.from(root.querySelectorAll("*")).some(
      (e) =>
        (e.localName === "img" && !(e as HTMLImageElement).complete) ||
        (!!e.shadowRoot && waits(e.shadowRoot)) ||
        (!!(e as Partial<HTMLIFrameElement>).contentDocument && waits((e as HTMLIFrameElement).contentDocument as Document)),
    );
  for (let n = 0; waits(doc) && n < 100; n++) await pause(10);
}

export async function play({ events, moments, virtual, masked }: Play): Promise<Seen[]> {
  document.body.replaceChildren();
  const replayer = new Replayer(events as ConstructorParameters<typeof Replayer>[0], {
    root: document.body,
    useVirtualDom: virtual,
    showWarning: false,
    mouseTail: false,
    triggerFocus: false,
  });
  keepAdopted(replayer);
  keepRules(replayer);
  // It builds the first snapshot by a timer of its own.
  await pause(10);
  const seen: Seen[] = [];
  for (const moment of moments) {
    replayer.pause(moment - (events[0]?.timestamp ?? 0) + 0.5);
    // Adopted sheets are tried again by timers.
    await pause(20);
    await pictures(replayer.iframe.contentDocument as Document);
    seen.push(walk(replayer.iframe.contentDocument as Document, masked, false));
  }
  replayer.destroy();
  return seen;
}
