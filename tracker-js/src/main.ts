/**
 * The tracker's only global, `hindsight(verb, …)`. It decides whether anything
 * is recorded at all: by the site's mode, the visitor's choice, the browser's
 * privacy signals, and the verbs `start` and `stop`.
 */
import { hex, random } from "./bytes";
import { configure } from "./config";
import { createConsent } from "./consent";
import { guard, onError } from "./guard";
import { clock } from "./observe/context";
import { protect } from "./privacy/protect";
import { createScrubber } from "./privacy/scrub";
import { record, type Recording } from "./recording";

type Verb = (...args: unknown[]) => void;

interface Api {
  (...call: unknown[]): void;
  q?: ArrayLike<unknown>[];
  /** Tells a second copy of the script that it is not needed. */
  on?: true;
}

declare global {
  interface Window {
    hindsight?: Api;
  }
}

/** Longest object of properties, characters of JSON. */
const MAX_PROPS = 16384;

function run(): void {
  const config = configure(document.currentScript as HTMLScriptElement | null);
  if (!config || window.hindsight?.on) return;
  const debug = (...what: unknown[]): void => {
    // eslint-disable-next-line no-console -- asked for by data-debug
    if (config.debug) console.info("hindsight:", ...what);
  };
  onError(debug);

  const protection = protect();
  protection.wrap();
  const scrub = createScrubber(protection.taints, config.allowQuery);
  const consent = createConsent(config);
  let recording: Recording | undefined;
  let stopped = false;
  let pausedAt = 0;

  const end = (drop: boolean): void => {
    recording?.stop(drop);
    recording = undefined;
    protection.unwrap();
  };
  const begin = (): void => {
    const hidden = (document as { prerendering?: boolean }).prerendering;
    if (recording || stopped || hidden || !consent.allowed()) return;
    protection.wrap();
    recording = record(config, consent, { protection, scrub }, () => {
      debug("the site's mode does not allow recording");
      // Not from inside the transport's own call.
      void Promise.resolve().then(guard(() => end(true)));
    });
    debug("recording", config.site);
    if (pausedAt) recording.emit("gap", { reason: "paused", to: clock() }, pausedAt);
    pausedAt = 0;
  };

  /** Strings, numbers and booleans, scrubbed; what is nested or too much is left out. */
  const props = (given: unknown): unknown => {
    const json = JSON.stringify(given, (key, v: unknown) =>
      typeof v === "string" ? scrub.text(v) : key && typeof v === "object" ? undefined : v,
    );
    return json?.length < MAX_PROPS ? JSON.parse(json) : undefined;
  };
  const verbs: Record<string, Verb> = {
    start() {
      stopped = false;
      begin();
    },
    stop() {
      if (recording) pausedAt = clock();
      stopped = true;
      end(false);
    },
    consent(choice) {
      const asked = (choice as { analytics?: unknown } | null)?.analytics ?? choice;
      const granted = asked === true || asked === "granted";
      consent.choose(granted);
      if (!consent.allowed()) return end(true);
      begin();
      recording?.emit("consent", { state: "granted", version: config.wording, key: hex(random(16)) });
    },
    identify(id, traits) {
      recording?.emit("identify", { id: scrub.text(id).slice(0, 256), traits: props(traits) });
    },
    set(given) {
      recording?.emit("set", { props: props(given) ?? {} });
    },
    event(name, given) {
      recording?.emit("event", { name: scrub.text(name).slice(0, 128), props: props(given) });
    },
    page(path) {
      recording?.view(path ? String(path) : undefined);
    },
    erase() {
      debug("erase: not yet");
    },
  };

  const call = guard((verb: unknown, ...args: unknown[]): void => {
    const act = verbs[String(verb)];
    if (act) act(...args);
    else debug("unknown verb", verb);
  });
  const early = window.hindsight?.q ?? [];
  const api: Api = (...given) => void call(given[0], ...given.slice(1));
  api.on = true;
  window.hindsight = api;

  // What was called before the script had loaded: first what decides, then what tells.
  const calls = Array.from(early, (c) => Array.from(c));
  const decides = (c: unknown[]): boolean => /^(start|stop|consent)$/.test(String(c[0]));
  calls.filter(decides).forEach((c) => api(...c));
  begin();
  calls.filter((c) => !decides(c)).forEach((c) => api(...c));
  if (!recording) document.addEventListener("prerenderingchange", guard(begin), { once: true });
}

guard(run)();
