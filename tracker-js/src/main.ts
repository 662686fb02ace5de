/**
 * The tracker's only global, `hindsight(verb, …)`. It decides whether anything
 * is recorded at all: by the site's mode, the visitor's choice, the browser's
 * privacy signals, and the verbs `start` and `stop`.
 */
import { configure, type Tag } from "./config";
import { createConsent } from "./consent";
import { guard, listen, onError } from "./guard";
import { json } from "./json";
import { clock, type Context } from "./observe/context";
import { load, type Part } from "./parts";
import { protect } from "./privacy/protect";
import { createScrubber } from "./privacy/scrub";
import type { Prompt } from "./prompt/main";
import { record } from "./recording";
import type { Host } from "./host";
import type { Tools } from "./tools/main";

interface Api {
  (...call: unknown[]): void;
  q?: unknown[][];
  /** Tells a second copy of the script that it is not needed. */
  on?: true;
}

declare global {
  interface Window {
    hindsight?: Api;
  }
}

/** Begins; `script` is the tag, or what stands for it. */
export const run = guard((script: Tag | null): void => {
  const config = configure(script);
  // A form of that name would be found there too.
  const before = typeof window.hindsight === "function" ? window.hindsight : undefined;
  if (!config || before?.on) return;
  const { tag } = config;
  /** Hands a call to a part; what goes wrong with fetching it must not reach the page. */
  const use = (part: Part, ...call: unknown[]): void => {
    load<Tools | Prompt>(config.script, part, (p) => p.run(host, ...call));
  };
  const debug = (...what: unknown[]): void => {
    if ("debug" in tag) use("tools", "say", ...what);
  };
  onError(debug);

  const protection = protect();
  protection.wrap();
  const scrub = createScrubber(protection.taints, config.queries);
  const consent = createConsent(config, scrub.url);
  let recording: Context | undefined;
  let stopped = false;
  let pausedAt = 0;

  /** `kept`: what the browser keeps is another document's by now, or `begin` sees to it. */
  const end = (drop: boolean, kept?: boolean): void => {
    if (drop && !kept) consent.forget();
    recording?.stop(drop);
    recording = undefined;
    host.close?.();
  };
  const again = guard(() => {
    end(true, true);
    begin();
  });
  const begin = (): void => {
    if (recording || stopped || (document as { prerendering?: boolean }).prerendering) return;
    if (!consent.allowed()) {
      consent.forget();
      if (consent.asks()) use("prompt");
      return;
    }
    host.close?.();
    // eslint-disable-next-line @typescript-eslint/no-misused-promises -- it does not reject
    recording = record(config, consent, { protection, scrub }, async () => {
      // Not from inside the transport's own call.
      // eslint-disable-next-line @typescript-eslint/await-thenable
      await 0;
      again();
    });
    if (pausedAt) recording.emit("gap", { reason: "paused", to: clock() }, pausedAt);
    pausedAt = 0;
    debug("recording");
  };

  /**
   * Strings, numbers and booleans, scrubbed; what is nested, too much or has a name that may be private is left out, and so
   * are properties that are none, or that cannot be read.
   */
  const props = guard((given: unknown): unknown => {
    const text = json(given, (key, v: unknown) =>
      // Of type `bigint`, which JSON does not know, or `object`.
      key && (/bi|j/.test(typeof v) || scrub.text(key) !== key) ? undefined : typeof v === "string" ? scrub.text(v) : v,
    );
    // One object, and no longer than that.
    if (/^{[^]{0,16384}$/.test(text)) return JSON.parse(text);
  });
  const name = (given: unknown, id?: boolean): string => scrub.text(given, id).slice(0, 128);
  const emit = (kind: string, members: object): void => {
    recording?.active();
    recording?.emit(kind, members);
  };
  const verbs: Host["verbs"] = {
    start() {
      stopped = false;
      protection.wrap();
      begin();
    },
    stop(drop) {
      if (recording) pausedAt = clock();
      stopped = true;
      end(drop === true);
      protection.unwrap();
    },
    consent(...given) {
      if (!given.length) return use("prompt", true);
      const [choice] = given as [{ analytics?: unknown; erase?: unknown } | null | undefined];
      const { analytics = choice, erase } = choice ?? {};
      const answer = [false, "denied", true, "granted"].indexOf(analytics as string);
      // Whatever is no answer changes nothing.
      if (answer < 0) return;
      consent.choose(answer > 1);
      if (!consent.allowed()) end(true);
      begin();
      recording?.arm();
      consent.tell?.();
      if (erase) use("tools", "erase");
    },
    identify: (id, traits) => id && emit("identify", { id: name(id, true), traits: props(traits) }),
    set: (given) => given && emit("set", { props: props(given) ?? {} }),
    event: (what, given) => what && emit("event", { name: name(what), props: props(given) }),
    page: (path) => recording?.view("spa", path as string),
  };
  const host: Host = { config, protection, consent, verbs };

  const api = guard((...call: unknown[]): void => {
    const [verb, ...args] = call;
    const act = verbs[verb as string];
    if (act) act(...args);
    else use("tools", ...call);
  }) as Api;
  api.on = true;
  window.hindsight = api;

  // The visitor's wish in the address; nothing begins before it is fulfilled.
  const wish = /^#hindsight-(opt.+)/.exec(location.hash);
  if (wish) {
    stopped = true;
    api(wish[1]);
  }
  // What was called before the script had loaded: first what decides, then what tells.
  const calls = before?.q ?? [];
  for (const decides of [true, false]) {
    for (const c of calls) if (["start", "stop", "consent"].includes(c[0] as string) === decides) api(...c);
    begin();
  }
  listen(protection.lasting, document, "prerenderingchange", begin);
  // Another tab has answered and begun: one session with this tab. What ends here is the link's and the prompt's to hear.
  listen(protection.lasting, window, "storage", (e) => {
    // Who may not record takes nothing away: documents that judge differently would do so in turns, for ever.
    if ((e as StorageEvent).key === consent.prefix && consent.allowed()) begin();
  });
});
