/**
 * Tells what has changed in the tree: at the end of the task that changed it, so that what is told together depends
 * on the page alone and not on a timer; in slices where it is much. The snapshot at the beginning is the same walk,
 * whose first event is a full snapshot.
 */
import type { Timed } from "./budget";
import { guard } from "./lent";
import type { Observing } from "./observe";
import type { Told } from "./serialize";

/** Between two looks whether what is held back may be told, ms. */
const HOLD = 50;
/** One slice of a walk, ms: what becomes of it, JSON, costs about as much again. */
const SLICE = 12;
/** The first slice, in which most pages are told. */
const FIRST = 16;
/** Characters of a snapshot's event, of at most three bytes each: its frame stays below 900,000 even where nothing can compress it. */
const MOST = 2.8e5;

export interface Flush {
  /** Sees to it that a flush comes. */
  soon(): void;
  /** Tells what waits; `hurry`: slices too. */
  now(hurry?: boolean): void;
  /** Whether nodes are being serialised. */
  busy(): boolean;
  /** Does it once the event that brings the present nodes is out; the same only once. */
  afterwards(tell: () => void): void;
  /** Whether changes wait until a protected field is left. */
  holding(): boolean;
  /** Everything is told anew. */
  snapshot(): void;
  stop(): void;
}

/** Removes, adds, texts, attributes, each written short; 1: a part of the snapshot. */
type Mutation = unknown[];

/** `tellers` are called at the end of each flush. */
export function createFlush(
  r: Observing,
  observer: MutationObserver,
  timed: Timed,
  tellers: ((waited: boolean) => void)[],
  send: (type: number, data: unknown) => void,
): Flush {
  const { host, mirror, walk, changes } = r;
  let afterwards = new Set<() => void>();
  let due = false;
  let held = 0;
  let waited = false;
  let slice = 0;
  let busy = false;
  /** Whether the snapshot is not told to its end. */
  let partial = false;
  /** The snapshot's event, filled by one slice after the other as long as nothing else happens. */
  let tree: Told | undefined;
  /** Its document's id. */
  let root = 0;

  /** Sends the event of a mutation, and what had to wait for it. */
  const tell = (event: Mutation | undefined): void => {
    if (event) {
      if (partial) event[4] = 1;
      send(3, [0, ...event]);
    }
    const tells = afterwards;
    afterwards = new Set();
    for (const t of tells) t();
  };

  /** Walks on, event by event; what it returns is not sent yet. */
  const walkOn = (until: number, event: Mutation | undefined): Mutation | undefined => {
    for (;;) {
      // One document at a time, and something of it at once: the player fails on a document without children.
      if (!walk.pending() && r.frames?.waiting()) r.frames?.attach();
      walk.step(until);
      const more = walk.pending() || r.frames?.waiting();
      const late = performance.now() > until;
      if (more && !late && !walk.full()) continue;
      const adds = walk.take();
      if (adds.length) (event ??= [])[1] = adds;
      if (more && late) slice ||= window.setTimeout(sliced, 1);
      if (!more || late) return event;
      tell(event);
      event = undefined;
    }
  };

  const flush = (longest: number): void => {
    busy = true;
    const last = mirror.last();
    walk.refresh();
    const removes = changes.removals();
    for (const [node, parent, flags] of changes.arrivals()) walk.from(node, parent, flags);
    const event = walkOn(performance.now() + longest, removes.length ? [removes] : undefined);
    const news = changes.differences(last, longest > SLICE);
    tell(news.some(({ length }) => length) ? [event?.[0], event?.[1], ...news] : event);
    busy = false;
    if (!slice) partial = false;
    for (const t of tellers) t(longest > SLICE);
  };
  /** Whether changes have to wait, since they could tell of keys. What has waited is told in the task that knows the end. */
  const holding = (): boolean => {
    if (host.protection.holding?.()) {
      held ||= window.setTimeout(guard(() => {
        held = 0;
        waited = true;
        timed(attempt);
      }), HOLD);
      return true;
    }
    if (held) {
      clearTimeout(held);
      held = 0;
      waited = true;
      attempt();
    }
    return false;
  };
  /** A flush, when nothing forbids it. */
  const attempt = (): void => {
    due = false;
    changes.gather(observer.takeRecords());
    if (holding() || busy) return;
    const longest = waited ? 1e3 : SLICE;
    waited = false;
    host.protection.during(() => {
      try {
        flush(longest);
      } catch {
        // What cannot be asked what it is has left this half told.
        api.snapshot();
      }
    });
  };
  /** Sends the snapshot: as a tree it takes far fewer bytes than node by node. */
  const release = (): void => {
    const node = tree;
    if (!node) return;
    tree = undefined;
    walk.take();
    busy = true;
    send(2, { id: root, node, initialOffset: { left: scrollX, top: scrollY } });
    tell(undefined);
    busy = false;
  };
  const grow = (longest: number): void => {
    busy = true;
    host.protection.during(() => walk.step(performance.now() + longest, MOST));
    busy = false;
    if (!walk.pending() || walk.full(MOST)) release();
    partial = walk.pending() || !!r.frames?.waiting();
    if (partial) slice ||= window.setTimeout(sliced, 1);
    else api.soon();
  };
  const sliced = guard(() => {
    slice = 0;
    if (tree) {
      changes.gather(observer.takeRecords());
      walk.refresh();
      if (!changes.any()) return grow(SLICE);
      release();
    }
    attempt();
  });
  const run = guard(() => {
    // A walk in slices is not hurried by what happens meanwhile.
    if (due && !slice) timed(attempt);
    due = false;
  });

  const api: Flush = {
    soon() {
      if (due) return;
      due = true;
      // queueMicrotask costs the page twice as much: `make bench`, changes.
      void (async () => {
        // eslint-disable-next-line @typescript-eslint/await-thenable
        await 0;
        run();
      })();
    },
    now(hurry) {
      // An event that is sent may close a batch, which asks for what waits.
      if (busy) return;
      release();
      changes.gather(observer.takeRecords());
      due ||= changes.any();
      if (hurry && slice) attempt();
      else run();
    },
    busy: () => busy,
    holding,
    afterwards: (t) => void afterwards.add(t),
    snapshot() {
      observer.takeRecords();
      changes.differences(-1);
      walk.reset();
      partial = true;
      busy = true;
      send(4, { href: host.scrub.url(location.href), width: innerWidth, height: innerHeight });
      tree = walk.document(document, 0);
      root = mirror.last();
      r.enter(document);
      grow(FIRST);
    },
    stop() {
      clearTimeout(held);
      clearTimeout(slice);
    },
  };
  return api;
}
