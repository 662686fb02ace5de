/**
 * One recording of this document, from `start` to `stop`: observers gather,
 * batches close, the transport sends, the recorder runs in sampled sessions.
 */
import { type Config } from "./config";
import type { Consent } from "./consent";
import { after, guard, listen, type Undo, undoAll } from "./guard";
import { clock, type Context, type Nav, type Shared } from "./observe/context";
import { eachDocument } from "./observe/frames";
import { observeLate } from "./observe/late";
import { createBatch, GONE, HIDDEN, VIEW_ENDS } from "./queue/batch";
import { createSession } from "./session";
import { createTransport, type Limits } from "./transport";

/** `revoke` is called when the collector allows less than the page's own attribute. */
export function record(config: Config, consent: Consent, shared: Shared, revoke: () => void): Context {
  const { protection, scrub } = shared;
  const undo: Undo[] = [];
  const session = createSession(consent.prefix);
  const page = { view: -1, path: "/" };
  let here = document.referrer;

  const begin = (nav: Nav, path?: string): void => {
    if (page.view >= 0) ctx.shut(VIEW_ENDS);
    if (page.view < 0 || session.expired()) {
      session.renew();
      page.view = -1;
      ctx.resume?.();
    }
    page.view++;
    const { href } = location;
    ctx.place = href;
    page.path = scrub.path(path || href);
    const url = scrub.url(href);
    ctx.opened = { k: "view", t: clock(), url, ref: scrub.url(here), nav };
    here = url;
    ctx.arm();
  };
  const hide = (why: number): void => {
    // Nothing may be held back any longer: of the page, not of a frame that goes while it stays.
    protection.until = 0;
    ctx.shut(why);
    ctx.unload(why === GONE);
  };

  const ctx = {
    ...shared,
    ...config,
    guard,
    after,
    undoAll,
    eachDocument,
    consent,
    session,
    undo,
    page,
    revoke,
    shown: !document.hidden,
    began: clock(),
    collect: [],
    leave: [],
    waiting: [],
    queue: [],
    flags: 0,
    limits: { flush_ms: 2e3, flush_bytes: 16384 } as Limits,
    active() {
      if (session.expired()) begin("spa");
      else session.touch();
    },
    emit(k, members, t = clock()) {
      if (!session.expired()) ctx.tell({ k, t, ...members });
    },
    view: begin,
    stop(drop) {
      if (!drop) hide(HIDDEN);
      undoAll(undo);
      ctx.drop();
      if (drop) return ctx.end();
      session.leave([]);
      ctx.ending = true;
      ctx.pump();
    },
  } as Partial<Context> as Context;
  Object.assign(ctx, createTransport(ctx), createBatch(ctx));

  ctx.enter();
  begin("load");
  // Before the observers: coming back is a page view.
  listen(undo, window, "pageshow", (e) => (e as PageTransitionEvent).persisted && ctx.enter());
  observeLate(ctx);
  // After the observers: what they say of the page's end goes along.
  listen(undo, document, "visibilitychange", () => document.hidden && hide(HIDDEN));
  listen(undo, window, "pagehide", () => hide(GONE));
  ctx.pump();
  return ctx;
}
