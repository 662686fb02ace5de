/**
 * Same-origin frames: the document that each shows is told when the frame is, and again when it shows another one.
 * Fetched when a frame is told.
 */
import { alive } from "../recorder/alive";
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

  /** Whether the frame's document was told, as this one. */
  const tells = (doc: Document, frame: Element): boolean => shown.get(frame) === doc && mirror.under(doc, frame);
  const attach = (frame: HTMLIFrameElement): void => {
    const doc = documentOf(frame);
    // Its parser is about to begin: told now it would be told twice.
    if (doc?.readyState === "loading" && !doc.documentElement) {
      empty.add(frame);
      return later();
    }
    const before = shown.get(frame);
    const flags = r.changes.look(frame);
    if (flags === UNTOLD || isBlocked(flags) || doc === undefined || (doc ? tells(doc, frame) : !before)) return;
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
    const doc = (frame as HTMLIFrameElement).contentDocument;
    // Of shadow roots that its parser has attached since their hosts were told nobody hears.
    if (doc && tells(doc, frame))
      for (const root of alive(r.roots))
        for (const host of (root.ownerDocument ?? root) === doc ? root.querySelectorAll("*") : [])
          if (host.shadowRoot?.host && !r.roots.has(host.shadowRoot)) r.changes.shadow(host);
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
