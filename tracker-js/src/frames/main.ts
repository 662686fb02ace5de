/**
 * Same-origin frames: the document that each shows is told when the frame is, and again when it shows another one.
 * Fetched when a frame is told.
 */
import { DOCUMENT } from "../recorder/kinds";
import type { Lazy } from "../recorder/lazy";
import { isBlocked, UNTOLD } from "../recorder/policy";
import type { Told } from "../recorder/serialize";

/** When a document that is still without any node is looked at again, ms. */
const SOON = 50;

/** The document shown now; undefined where another is about to replace it, null for what cannot be read. */
function documentOf(frame: HTMLIFrameElement): Document | null | undefined {
  const doc = frame.contentDocument;
  return doc?.URL === "about:blank" && (frame.srcdoc || /^(http|blob|data)/.test(frame.src)) ? undefined : doc;
}

/** Takes frames that were told, or have loaded. */
export const start: Lazy<[Element]>["start"] = (r) => {
  const { mirror, walk } = r;
  const shown = new WeakMap<Element, Document | null>();
  const waiting = new Set<HTMLIFrameElement>();
  const empty = new Set<HTMLIFrameElement>();

  const attach = (frame: HTMLIFrameElement): void => {
    const doc = documentOf(frame);
    // Its parser is about to begin: told now it would be told twice.
    if (doc?.readyState === "loading" && !doc.documentElement) {
      empty.add(frame);
      return later();
    }
    const before = shown.get(frame);
    const flags = r.changes.look(frame);
    if (flags === UNTOLD || isBlocked(flags) || doc === undefined || (doc ? before === doc && mirror.under(doc, frame) : !before)) return;
    if (before && before !== doc) r.styles.leave(before);
    shown.set(frame, doc);
    // What cannot be read any more is shown empty.
    const node: Told = doc ? walk.document(doc, flags) : [DOCUMENT, {}];
    const id = doc ? mirror.id(doc) : mirror.give({});
    walk.add(mirror.id(frame), 0, id, node);
    if (!doc) return;
    r.enter(doc);
    r.rolled(doc);
  };
  const add = (frame: Element): void => {
    waiting.add(frame as HTMLIFrameElement);
    r.soon();
  };
  const later = r.later(() => {
    empty.forEach(add);
    empty.clear();
  }, SOON);
  r.frames = {
    again(doc) {
      const frame = doc.defaultView?.frameElement as HTMLIFrameElement | null | undefined;
      if (!frame) return;
      shown.delete(frame);
      add(frame);
    },
    waiting: () => waiting.size > 0,
    attach() {
      const [frame] = waiting;
      waiting.delete(frame as HTMLIFrameElement);
      attach(frame as HTMLIFrameElement);
    },
  };
  return add;
};
