/**
 * One recording of this document, from `start` to `stop`: observers gather,
 * batches close, the transport sends, the recorder runs in sampled sessions.
 */
import { type Config } from "./config";
import type { Consent } from "./consent";
import { listen, type Undo, undoAll } from "./guard";
import { clock, type Context, type Nav } from "./observe/context";
import { observeLate } from "./observe/late";
import { observeViews } from "./observe/view";
import type { Privacy } from "./recorder/contract";
import { plain } from "./queue/plain";
import { createBatch, GONE, HIDDEN, VIEW_ENDS } from "./queue/batch";
import type { Sections } from "./wire";
import { createSession } from "./session";
import { createTransport } from "./transport";

export interface Recording {
  /** Has a batch closed soon. */
  arm(): void;
  emit(kind: string, members: object, time?: number): void;
  view(path?: string): void;
  /** `drop`: what was not sent yet is forgotten and identifiers are deleted. */
  stop(drop: boolean): void;
}

/** `revoke` is called when the collector allows less than the page's own attribute. */
export function record(config: Config, consent: Consent, privacy: Privacy, revoke: () => void): Recording {
  const undo: Undo[] = [];
  const page = { view: -1, path: "/" };
  let here = document.referrer;

  const session = createSession(consent.prefix);
  const transport = createTransport(config, consent, session, revoke);
  const batch = createBatch(session, transport, consent, {
    page,
    collect(why) {
      context.host?.flush?.();
      for (const hand of context.collect) hand();
      if (why) for (const hand of context.leave) hand(why === VIEW_ENDS);
      // What the browser says of itself is asked by the late part.
      if (context.opened && (why || context.details)) {
        batch.signal(context.opened);
        context.opened = undefined;
      }
    },
    sampled: () => !!context.host?.wanted,
    replay: () => context.host?.replay?.(),
    squeeze: async (texts) => (await (context.host?.squeeze ?? context.squeeze)?.(texts)) ?? (texts.map(plain) as Sections),
    silence: () => context.host?.silence(),
    resume: () => context.host?.resume(),
    revoke,
  });

  const begin = (nav: Nav, path?: string): void => {
    if (page.view >= 0) batch.close(VIEW_ENDS);
    if (page.view < 0 || session.expired()) {
      session.renew();
      page.view = -1;
      context.host?.resume();
    }
    page.view++;
    page.path = privacy.scrub.path(path ?? location.href);
    const url = privacy.scrub.url(location.href);
    context.opened = { k: "view", t: clock(), url, ref: privacy.scrub.url(here), nav };
    here = url;
    batch.arm();
  };

  const context: Context = {
    ...privacy,
    ...config,
    consent,
    session,
    undo,
    page,
    shown: !document.hidden,
    began: clock(),
    opened: undefined,
    collect: [],
    leave: [],
    arm: batch.arm,
    active() {
      if (session.expired()) begin("spa");
      else session.touch();
    },
    emit(kind, members, time = clock()) {
      if (!session.expired()) batch.signal({ k: kind, t: time, ...members });
    },
    view: begin,
  };

  transport.enter();
  begin("load");
  // Before the observers: coming back is a page view.
  listen(undo, window, "pageshow", (e) => (e as PageTransitionEvent).persisted && transport.enter());
  observeViews(context);
  observeLate(context);
  // After the observers: what they say of the page's end goes along.
  const hide = (why: number): void => {
    batch.close(why);
    transport.unload(why === GONE);
  };
  listen(undo, document, "visibilitychange", () => document.hidden && hide(HIDDEN));
  listen(undo, window, "pagehide", () => hide(GONE));
  transport.start(context, batch);

  return {
    arm: batch.arm,
    emit(...signal) {
      context.active();
      context.emit(...signal);
    },
    view(path) {
      begin("spa", path);
    },
    stop(drop) {
      if (drop) {
        context.host?.silence();
        batch.drop();
        transport.abandon();
      } else {
        hide(HIDDEN);
        context.host?.silence();
        session.leave([]);
        transport.finish();
      }
      undoAll(undo);
    },
  };
}
