/** One run of the recorder, from its snapshot on: its parts, and how they hang together. */
import { guard, type Undo, undoAll } from "../guard";
import type { Timed } from "./budget";
import type { Host } from "./contract";
import { createFields, type Fields } from "./fields";
import { createFlush } from "./flush";
import { lazy } from "./lazy";
import { createMirror, type Mirror } from "./mirror";
import { type Changes, createChanges } from "./mutations";
import { observePointer } from "./pointer";
import type { Flags } from "./policy";
import type { Recording } from "./recording";
import { createRoots, type Root, type Roots } from "./roots";
import { observeScroll } from "./scroll";
import { createSerializer, type Serializer } from "./serialize";
import { type Call, createStyles, type Sheets, type Styling } from "./styles/index";
import { createWalk, type Walk } from "./walk";

/** Documents of frames, as the part that tells of frames sees them. */
export interface Frames {
  /** The document was written anew: all of it is told again. */
  again(doc: Document): void;
  waiting(): boolean;
  /** Begins the document of one frame that waits. */
  attach(): void;
}

/** What that part is given. */
export interface Documents {
  mirror: Mirror;
  walk: Walk;
  /** The document is told now; it was replaced by another. */
  enter(doc: Document): void;
  leave(doc: Document): void;
}

/** What the observers of one kind of event are given. */
export interface Observing extends Recording {
  on: Roots["on"];
  /** Calls the hook for the window of each document that is recorded. */
  eachWindow: Roots["eachWindow"];
  /** Every root that is observed. */
  roots(): Root[];
  styling: Styling;
  documents: Documents;
  /** Set by the part that tells of frames. */
  frames?: Frames;
  /** What tells of the doings of scripts in style sheets, once it has come. */
  sheets?: Sheets;
  /** Fetches it: a script has done something. */
  reach(...call: Call): void;
  /** Sees to it that a flush comes. */
  soon(): void;
  /** Called when nothing may be held back any longer. */
  flushed(tell: () => void): void;
  /** A function that does it once, so many ms after the first of its calls since. */
  later(then: () => void, ms: number): () => void;
  /** What of an attribute's value the selectors ask for; set by the part that reads them. */
  keep?(name: string, value: string): string | undefined;
  /** One attribute as it may be told. */
  judge: Serializer["attribute"];
  /** A text as it may be told. */
  text(text: Text, flags: Flags): string;
  changes: Changes;
  fields: Fields;
}

const MEDIA = /^(audio|video)$/;

export function observe(host: Host, timed: Timed): Undo {
  const undo: Undo[] = [];
  const held: (() => void)[] = [];
  const tellers: ((waited: boolean) => void)[] = [];
  const ended = new AbortController();
  const mirror = createMirror(host.lastId ?? 0);
  const send = (type: number, data: unknown): void =>
    host.hand({ type, data, timestamp: Math.round(performance.timeOrigin + performance.now()) });

  const observer = new MutationObserver(
    guard((records) =>
      timed(() => {
        changes.gather(records);
        flush.soon();
      }),
    ),
  );
  const r = {
    host,
    undo,
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
    again(element, name) {
      changes.attribute(element, name);
      flush.soon();
    },
  } as Observing;
  const roots = createRoots(r, observer, timed);
  r.on = roots.on;
  r.eachWindow = roots.eachWindow;
  r.roots = roots.all;
  const film = lazy<[Element]>(r, "media");
  const media = (element: Element): void => {
    if (MEDIA.test(element.localName)) film(element);
  };
  const frame = lazy<[HTMLIFrameElement]>(r, "frames");
  let selecting = false;
  const select = lazy<[Document]>(r, "selection");
  const styles = createStyles(r);
  r.fields = createFields(host);
  const field = lazy<[Element]>(r, "inputs");
  const serializer = createSerializer(r, styles);
  const enter = (root: Document | ShadowRoot): void => {
    roots.enter(root);
    styles.enter(root);
  };
  const scroll = observeScroll(r);
  const walk = createWalk(mirror, serializer, {
    shadow: enter,
    frame,
    told(element) {
      scroll(element);
      // The player forgets some of what the attributes say.
      media(element);
    },
  });
  r.documents = {
    mirror, walk,
    enter(doc) {
      enter(doc);
      scroll(doc);
    },
    leave: styles.leave,
  };
  const changes: Changes = (r.changes = createChanges(mirror, serializer, host, {
    left: walk.left,
    enter,
    rewritten(doc) {
      // Its listeners are gone.
      roots.enter(doc);
      if (doc === document) flush.afterwards(flush.snapshot);
      else r.frames?.again(doc);
    },
    sheet: styles.touch,
    field,
    media,
  }));
  const flush = createFlush({ host, mirror, walk, changes, r, timed, observer, tellers, send, enter });
  r.flushed = (tell) => void held.push(tell);
  r.judge = serializer.attribute;
  r.text = serializer.text;

  const touch = (target: unknown): void => {
    if (r.id(target as Node)) field(target as Element);
  };
  r.on(["input", "change", "reset"], (_event, target) => touch(target));
  observePointer(r);
  if (host.canvas) lazy(r, "canvas")();
  r.on(["selectionchange"], (_event, target) => {
    const doc = target as Document;
    if (selecting ||= doc.nodeType === 9 && !doc.getSelection()?.isCollapsed) select(doc);
  });
  r.on(["load"], (_event, target) => {
    const name = `${(target as Partial<Element>).localName}`;
    if (/^(link|style)$/.test(name)) styles.touch(target as Element);
    if (name === "iframe") frame(target as HTMLIFrameElement);
    flush.soon();
  });
  r.on(["slotchange"], (_event, target) => {
    changes.slotted((target as HTMLSlotElement).assignedNodes());
    flush.soon();
  });
  r.on(["toggle"], (_event, target) => {
    if ((target as Element).hasAttribute("popover")) r.again(target as Element, "style");
  });
  r.eachWindow((page, watch) => {
    for (const name of ["Input", "TextArea", "Select", "Option"] as const)
      watch(page[`HTML${name}Element`].prototype, "value checked selected selectedIndex", touch);
    watch(page.Element.prototype, "attachShadow", (self) => {
      const element = self as Element;
      changes.shadow(element);
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
