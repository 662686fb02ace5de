/** Same-origin frames: the document that each shows is told when the frame is, and again when it shows another one. */
import type { Mirror } from "./mirror";
import { type Flags, UNTOLD } from "./policy";
import { DOCUMENT, type Told } from "./serialize";
import type { Walk } from "./walk";

export interface Frames {
  /** The frame was told, or has loaded. */
  add(frame: HTMLIFrameElement): void;
  /** The document was written anew: all of it is told again. */
  again(doc: Document): void;
  waiting(): boolean;
  /** Begins the document of one frame that waits. */
  attach(): void;
}

export interface Pages {
  flags(node: Node): Flags;
  enter(doc: Document): void;
  leave(doc: Document): void;
}

/** The document shown now; undefined where another is about to replace it, null for what cannot be read. */
function documentOf(frame: HTMLIFrameElement): Document | null | undefined {
  const doc = frame.contentDocument;
  return doc?.URL === "about:blank" && /^(http|blob|data)/.test(frame.src) ? undefined : doc;
}

export function createFrames(mirror: Mirror, walk: Walk, pages: Pages): Frames {
  const shown = new WeakMap<Element, Document | null>();
  const waiting = new Set<HTMLIFrameElement>();

  const attach = (frame: HTMLIFrameElement): void => {
    const doc = documentOf(frame);
    const before = shown.get(frame);
    const flags = pages.flags(frame);
    if (flags === UNTOLD || doc === undefined || (doc ? before === doc && mirror.under(doc, frame) : !before)) return;
    if (before && before !== doc) pages.leave(before);
    shown.set(frame, doc);
    // What cannot be read any more is shown empty.
    const node: Told = doc ? walk.document(doc, flags) : [DOCUMENT, {}];
    const id = doc ? mirror.id(doc) : mirror.give({});
    walk.add({ parentId: mirror.id(frame), nextId: null, id, node });
    if (doc) pages.enter(doc);
  };
  return {
    add: (frame) => void waiting.add(frame),
    again(doc) {
      const frame = doc.defaultView?.frameElement;
      if (!frame) return;
      shown.delete(frame);
      waiting.add(frame as HTMLIFrameElement);
    },
    waiting: () => waiting.size > 0,
    attach() {
      const [frame] = waiting;
      waiting.delete(frame as HTMLIFrameElement);
      attach(frame as HTMLIFrameElement);
    },
  };
}
