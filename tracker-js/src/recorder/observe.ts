/** One run of the recorder, from its snapshot on: its parts, and how they hang together. */
import type { Canvases } from "../canvas/sample";
import { after, guard, type Undo, undoAll } from "../guard";
import { load } from "../parts";
import type { Timed } from "./budget";
import type { Host } from "./contract";
import { createFields, type Fields } from "./fields";
import { createFlush } from "./flush";
import { recordFonts } from "./fonts";
import { createFrames } from "./frames";
import { observeInputs } from "./inputs";
import { observeMedia } from "./media";
import { createMirror } from "./mirror";
import { type Changes, createChanges } from "./mutations";
import { observePointer } from "./pointer";
import type { Flags } from "./policy";
import type { Recording } from "./recording";
import { createRoots, type Roots } from "./roots";
import { observeScroll } from "./scroll";
import { observeSelection } from "./selection";
import { createSerializer } from "./serialize";
import { createStyles } from "./styles/index";
import { createWalk } from "./walk";

/** What the observers of one kind of event are given. */
export interface Observing extends Recording {
  on: Roots["on"];
  /** Calls the hook for the window of each document that is recorded. */
  eachWindow: Roots["eachWindow"];
  /** Sees to it that a flush comes. */
  soon(): void;
  /** Called when nothing may be held back any longer. */
  flushed(tell: () => void): void;
  /** A text as it may be told. */
  text(text: Text, flags: Flags): string;
  changes: Changes;
  fields: Fields;
}

export function observe(host: Host, timed: Timed): Undo {
  const undo: Undo[] = [];
  const held: (() => void)[] = [];
  const tellers: (() => void)[] = [];
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
    incremental(source, data) {
      const tell = (): void => send(3, { source, ...data });
      if (flush.busy()) return flush.afterwards(tell);
      flush.now();
      tell();
    },
    holding: () => flush.holding(),
    each: (tell) => void tellers.push(tell),
    again(element, name) {
      changes.attribute(element, name);
      flush.soon();
    },
    changed(element, attributes) {
      changes.given(element, attributes);
      flush.soon();
    },
  } as Observing;
  const styles = createStyles(r);
  const fields = (r.fields = createFields(host));
  const serializer = createSerializer(host, styles, fields);
  const roots = createRoots(r, observer, timed);
  r.on = roots.on;
  r.eachWindow = roots.eachWindow;
  const enter = (root: Document | ShadowRoot): void => {
    roots.enter(root);
    styles.enter(root);
  };
  const scroll = observeScroll(r);
  const walk = createWalk(mirror, serializer, {
    shadow: enter,
    frame: (frame) => frames.add(frame),
    told(element) {
      scroll(element);
      // The player forgets some of what the attributes say.
      media(element);
    },
  });
  const frames = createFrames(mirror, walk, {
    flags: (node) => changes.look(node),
    enter(doc) {
      enter(doc);
      scroll(doc);
    },
    leave: styles.leave,
  });
  const changes: Changes = (r.changes = createChanges(mirror, serializer, host, {
    left: walk.left,
    enter,
    rewritten(doc) {
      // Its listeners are gone.
      roots.enter(doc);
      if (doc === document) flush.afterwards(flush.snapshot);
      else frames.again(doc);
    },
    sheet: styles.attributesOf,
    field: (element) => touch(element),
    media: (element) => media(element),
  }));
  const flush = createFlush({ host, mirror, walk, changes, frames, timed, observer, tellers, send, enter });
  r.soon = flush.soon;
  r.flushed = (tell) => void held.push(tell);
  r.text = (text, flags) => serializer.text(text.data, text.parentNode as Node, flags);

  const touch = observeInputs(r);
  observePointer(r);
  const media = observeMedia(r);
  observeSelection(r);
  recordFonts(r);
  if (host.canvas) load<Canvases>(host.script, "canvas", (canvases) => canvases.start(r));
  r.on("load", (_event, target) => {
    if ((target as Element).localName !== "iframe") return;
    frames.add(target as HTMLIFrameElement);
    flush.soon();
  });
  r.on("toggle", (_event, target) => {
    if ((target as Element).hasAttribute("popover")) r.again(target as Element, "style");
  });
  r.eachWindow((page) => {
    after(undo, page.Element.prototype, "attachShadow", (host) => {
      changes.shadow(host as Element);
      if (r.id(host as Element)) flush.soon();
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
    styles.stop();
    undoAll(undo);
  };
}
