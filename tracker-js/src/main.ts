/**
 * The tracker's only global, `hindsight(verb, …)`. It decides whether anything
 * is recorded at all: by the site's mode, the visitor's choice, the browser's
 * privacy signals, and the verbs `start` and `stop`.
 */
import { configure, type Tag } from "./config";
import { createConsent } from "./consent";
import { guard, listen, onError } from "./guard";
import { type Call, clock, type Context } from "./observe/context";
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
  /** Tells a second copy of the script that it is not needed; the trackers of frames know the page's by it. */
  on?: Host;
  /** Whether it leaves nothing to a page around it, whose tracker leaves this document alone; the link decides it, once. */
  own?: boolean;
}

declare global {
  interface Window {
    hindsight?: Api;
  }
}

/** Calls that wait. */
const MAX_TOLD = 999;

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
  /** What the page says and the link tells, once that has come: before an answer, and of a prerendered page, too. */
  const told: Call[] = [];
  let pausedAt = 0;

  /** `kept`: what the browser keeps is another document's by now, or `begin` sees to it. */
  const end = (drop: boolean, kept?: boolean): void => {
    if (drop) told.length = 0;
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
    recording = record(config, consent, { protection, scrub, told }, async () => {
      // Not from inside the transport's own call.
      // eslint-disable-next-line @typescript-eslint/await-thenable
      await 0;
      again();
    });
    if (pausedAt) recording.emit("gap", { reason: "paused", to: clock() }, pausedAt);
    pausedAt = 0;
    debug("recording");
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
    page: (path) => recording?.view("spa", path as string),
  };
  const host: Host = { config, protection, consent, verbs };

  const api = guard((...call: unknown[]): void => {
    const [verb, ...args] = call;
    const act = verbs[verb as string];
    if (act) act(...args);
    else if (/^(identify|set|event)$/.test(verb as string)) {
      if (!stopped && told.length < MAX_TOLD) told.push([clock(), consent.allowed(), ...call]);
      recording?.say?.();
    } else use("tools", ...call);
  }) as Api;
  api.on = host;
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
