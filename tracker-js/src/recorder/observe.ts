/** One run of the recorder, from its snapshot on: its parts, and how they hang together. */
import type { Undo } from "../guard";
import type { Judging } from "./attributes";
import type { Timed } from "./budget";
import type { Host } from "./contract";
import { holds } from "./fields";
import { createFlush } from "./flush";
import { lazy } from "./lazy";
import { guard, undoAll } from "./lent";
import { createMirror, type Mirror } from "./mirror";
import { type Changes, createChanges } from "./mutations";
import { observePointer } from "./pointer";
import type { Flags } from "./policy";
import type { Recording } from "./recording";
import { createRoots, type Root, type Roots } from "./roots";
import { observeScroll } from "./scroll";
import { createSerializer, type Serializer } from "./serialize";
import { DRAWING, FIELD, FRAME, LAYER, MEDIA, OPTION, STYLED, tagOf } from "./tags";
import { type Call, createStyles, type Sheets, type Styles, type Styling } from "./styles/index";
import { createWalk, type Walk } from "./walk";

/** Documents of frames, as the part that tells of frames sees them. */
export interface Frames {
  /** The document was written anew: all of it is told again. */
  again(doc: Document): void;
  waiting(): boolean;
  /** Begins the document of one frame that waits. */
  attach(): void;
}

/** What the observers of one kind of event are given. */
export interface Observing extends Recording, Roots, Judging {
  mirror: Mirror;
  walk: Walk;
  changes: Changes;
  serializer: Serializer;
  styles: Styles;
  styling: Styling;
  /** A document or shadow root is told now. */
  enter(root: Root): void;
  /** A document was written anew. */
  rewritten(doc: Document): void;
  /** An element of such a tag was told under its id. */
  told(element: Element, kinds: number): void;
  /** What has told that it scrolls, once something has. */
  scrolled?: WeakSet<Node>;
  /** Tells how far a node that was told just now is scrolled. */
  rolled(node: Node): void;
  /** Parts, which take the elements that are theirs: those of frames, of sound and film, of fields. */
  frame(element: Element): void;
  film(element: Element): void;
  field(element: Element): void;
  /** Set by the part that tells of frames. */
  frames?: Frames;
  /** What tells of the doings of scripts in style sheets, once it has come. */
  sheets?: Sheets;
  /** Fetches it: a script has done something. */
  reach(...call: Call): void;
  /** Takes dialogs and popovers. */
  layer(element: Element): void;
  /** What the style of a popover that is shown has besides; set by the part that tells of such. */
  raised?(element: Element): string;
  /** Sees to it that a flush comes. */
  soon(): void;
  /** Called when nothing may be held back any longer. */
  flushed(tell: () => void): void;
  /** A function that does it once, so many ms after the first of its calls since. */
  later(then: () => void, ms: number): () => void;
  /** Whether what the field holds may be shown; set by the part that tells of fields. */
  open?(field: HTMLInputElement): boolean;
  /** Whether an option stands chosen; set by it, too. */
  chosen?(option: HTMLOptionElement, flags: Flags): boolean;
}

export function observe(host: Host, timed: Timed): Undo {
  const undo: Undo[] = [];
  const held: (() => void)[] = [];
  const tellers: ((waited: boolean) => void)[] = [];
  const ended = new AbortController();
  const mirror = createMirror(host.lastId ?? 0);
  const send = (type: number, data: unknown): void => {
    // What was made in a window that is gone is still watched.
    if (!ended.signal.aborted) host.hand({ type, data, timestamp: Math.round(performance.timeOrigin + performance.now()) });
  };

  const observer = new MutationObserver(
    guard((records) =>
      timed(() => {
        r.changes.gather(records);
        flush.soon();
      }),
    ),
  );
  const r = {
    host,
    undo,
    mirror,
    signal: ended.signal,
    id: mirror.id,
    emit: send,
    incremental(...data) {
      const tell = (): void => send(3, data);
      if (flush.busy()) return flush.afterwards(tell);
      flush.now();
      tell();
    },
    later(then, ms) {
      let timer = 0;
      const run = guard(() => {
        timer = 0;
        if (!ended.signal.aborted) then();
      });
      return () => void (timer ||= window.setTimeout(run, ms));
    },
    soon: () => flush.soon(),
    holding: () => flush.holding(),
    each: (tell) => void tellers.push(tell),
    flushed: (tell) => void held.push(tell),
    again(element, name) {
      r.changes.attribute(element, name);
      flush.soon();
    },
    enter(root) {
      r.attend(root);
      r.styles.enter(root);
    },
    told(element, kinds) {
      if (r.scrolled?.has(element)) r.rolled(element);
      if (kinds & FRAME) r.frame(element);
      // The player forgets some of what the attributes say.
      if (kinds & MEDIA) sound(element);
      if (kinds & LAYER) layer(element);
      if (kinds & (FIELD | OPTION) && holds(element)) r.field(element);
      if (kinds & DRAWING && !r.drawn) drawing(element);
    },
    layer(element) {
      if (tagOf(element).kinds & LAYER || element.hasAttribute("popover")) layer(element);
    },
    film(element) {
      if (tagOf(element).kinds & MEDIA) sound(element);
    },
    rewritten(doc) {
      // Its listeners are gone.
      r.attend(doc);
      if (doc === document) flush.afterwards(flush.snapshot);
      else r.frames?.again(doc);
    },
  } as Observing;
  Object.assign(r, createRoots(r, observer, timed));
  const sound = lazy<[Element]>(r, "media");
  const frame = lazy<[Element]>(r, "frames");
  r.frame = (element) => {
    const doc = (element as HTMLIFrameElement).contentDocument;
    // One with a tracker of its own is like another origin's.
    if ((doc?.defaultView as Window | undefined)?.hindsight?.own) return;
    r.realm(doc);
    frame(element);
  };
  r.field = lazy<[Element]>(r, "inputs");
  const layer = lazy<[Element]>(r, "layers");
  const drawing = lazy<[Element]>(r, "drawn");
  const select = lazy<[Document]>(r, "selection");
  let selecting = false;
  r.styles = createStyles(r);
  r.serializer = createSerializer(r);
  r.rolled = observeScroll(r);
  r.walk = createWalk(r);
  r.changes = createChanges(r);
  const flush = createFlush(r, observer, timed, tellers, send);

  const touch = (target: unknown): void => {
    if (r.id(target as Node)) r.field(target as Element);
  };
  r.on("input change reset", (_event, target) => touch(target));
  observePointer(r);
  if (host.canvas) lazy(r, "canvas")();
  lazy(r, "late")();
  r.on("selectionchange", (_event, target) => {
    const doc = target as Document;
    if (selecting ||= doc.nodeType === 9 && !doc.getSelection()?.isCollapsed) select(doc);
  });
  r.on("load", (_event, target) => {
    const { kinds } = tagOf(target as Element);
    if (kinds & STYLED) r.styles.touch(target as Element);
    if (kinds & FRAME) r.frame(target as Element);
    flush.soon();
  });
  r.on("slotchange", (_event, target) => {
    r.changes.slotted((target as HTMLSlotElement).assignedNodes());
    flush.soon();
  });
  r.eachWindow((page, watch) => {
    for (const name of ["Input", "TextArea", "Select", "Option"] as const)
      watch(page[`HTML${name}Element`].prototype, "value checked selected selectedIndex", touch);
    watch(page.Element.prototype, "attachShadow", (self) => {
      const element = self as Element;
      r.changes.shadow(element);
      if (r.id(element)) flush.soon();
    });
  });
  host.flush = guard(() => {
    for (const tell of held) tell();
    flush.now(true);
  });
  flush.snapshot();
  return () => {
    host.flush = undefined;
    host.lastId = mirror.last();
    ended.abort();
    observer.disconnect();
    flush.stop();
    undoAll(undo);
  };
}
