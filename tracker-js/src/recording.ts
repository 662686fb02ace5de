/**
 * One recording of this document, from `start` to `stop`: observers gather,
 * batches close, the transport sends, the recorder runs in sampled sessions.
 */
import { type Config } from "./config";
import type { Consent } from "./consent";
import { listen, type Undo, undoAll } from "./guard";
import { observeClicks } from "./observe/click";
import { clock, type Context, type Nav, type Signal } from "./observe/context";
import { observeErrors } from "./observe/error";
import { observeMoves } from "./observe/move";
import { observeScroll } from "./observe/scroll";
import { observeTyping } from "./observe/typing";
import { arrival, describe, observeLoad, observeViews } from "./observe/view";
import { observeVisibility } from "./observe/visible";
import type { Privacy } from "./recorder/contract";
import { createReplays } from "./recorder/load";
import { createSession, lot } from "./session";
import { createTransport } from "./transport";
import { createBatch, GONE, HIDDEN, VIEW_ENDS } from "./queue/batch";

export interface Recording {
  emit(kind: string, members: object, time?: number): void;
  view(path?: string): void;
  /** `drop`: what was not sent yet is forgotten and identifiers are deleted. */
  stop(drop: boolean): void;
}

/** `revoke` is called when the collector allows less than the page's own attribute. */
export function record(config: Config, consent: Consent, privacy: Privacy, revoke: () => void): Recording {
  const undo: Undo[] = [];
  const page = { view: -1, path: "/" };
  let opened: Signal | undefined;
  let here = document.referrer;

  const transport = createTransport(config.collector, config.site, {
    greeted(w) {
      if (w.consent) consent.serverSays(w.consent);
      if (!consent.allowed()) revoke();
      else {
        session.setRate(w.sample_rate ?? session.rate() ?? 1);
        sample();
      }
      return consent.state();
    },
    rehoused(day, refused) {
      if (String(refused) === String(session.id)) session.move(day);
      return session.id;
    },
    forbidden: revoke,
  });
  const session = createSession(config.site, () => transport.clockOffset());
  const batch = createBatch({
    session,
    page,
    outbox: transport,
    limits: transport.limits,
    consent: consent.state,
    clockOffset: transport.clockOffset,
    sampled: () => replays.on(),
    collect(why) {
      for (const hand of context.collect) hand();
      if (why) for (const hand of context.leave) hand(why === VIEW_ENDS);
      if (opened) Object.assign(opened, describe(context));
      opened = undefined;
    },
    resume() {
      replays.stop();
      sample();
    },
  });
  const replays = createReplays({
    ...privacy,
    script: config.script,
    canvas: config.canvas,
    budget: config.budget,
    hasSheet: () => false,
    gap: (reason, from) => context.emit("gap", { reason, to: clock() }, from),
    emit(event) {
      // Nobody is there any more: the session is over, and a new one begins with the next action.
      if (session.expired()) replays.stop();
      else batch.replay(JSON.stringify(event));
    },
  });
  const sample = (): void => {
    const rate = session.rate();
    if (rate !== undefined && !replays.on() && lot(session.id) < Math.min(config.sampleRate, rate))
      replays.start();
  };

  const begin = (nav: Nav): void => {
    if (page.view >= 0) batch.close(VIEW_ENDS);
    session.renew();
    batch.reset();
    page.view = -1;
    context.view(nav);
    consent.tell(context.emit, session.fresh);
    replays.stop();
    sample();
  };

  const context: Context = {
    ...privacy,
    undo,
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
    view(nav, path) {
      if (page.view >= 0) batch.close(VIEW_ENDS);
      page.view++;
      page.path = privacy.scrub.path(path ?? location.href);
      const url = privacy.scrub.url(location.href);
      opened = { k: "view", t: clock(), url, ref: privacy.scrub.url(here), nav };
      here = url;
      batch.signal(opened);
    },
  };

  const observers = [
    observeViews, observeLoad, observeClicks, observeMoves, observeScroll,
    observeTyping, observeErrors, observeVisibility,
  ];
  begin(arrival());
  for (const observe of observers) observe(context);
  // After the observers: what they say of the page's end goes along.
  listen(undo, document, "visibilitychange", () => {
    if (document.visibilityState === "visible") return;
    batch.close(HIDDEN);
    transport.unload(false);
  });
  listen(undo, window, "pagehide", () => {
    batch.close(GONE);
    transport.unload(true);
  });
  transport.connect();

  return {
    emit(...signal) {
      context.active();
      context.emit(...signal);
    },
    view(path) {
      context.active();
      context.view("spa", path);
    },
    stop(drop) {
      replays.stop();
      if (drop) {
        batch.drop();
        transport.abandon();
        session.forget();
      } else {
        batch.close(HIDDEN);
        transport.unload(false);
        transport.finish();
      }
      undoAll(undo);
    },
  };
}
