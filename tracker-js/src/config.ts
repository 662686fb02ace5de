/** What the script tag says. */

export type Mode = "ask" | "required" | "implied" | "none";

export interface Config {
  site: string;
  /** Address of the collector without a slash at its end. */
  collector: string;
  /** Address of this script: the recorder lies beside it. */
  script: string;
  /** Share of sessions that send replays, 0…1. */
  sampleRate: number;
  mode: Mode;
  /** Version of the consent wording the site shows. */
  wording: string;
  /** Whether Do Not Track counts as a refusal. */
  dnt: boolean;
  debug: boolean;
  /** Whether frames of canvases are recorded. */
  canvas: boolean;
  /** Main-thread ms of a second that recording may cost before it pauses; 0: no bound. */
  budget: number;
  /** Names of query parameters whose values may be recorded. */
  allowQuery: string[];
}

const MODES: Mode[] = ["none", "implied", "required", "ask"];

/** Anything but a known mode is the strictest one. */
export function mode(value: unknown): Mode {
  return MODES.find((m) => m === value) ?? "ask";
}

export function stricter(a: Mode, b: Mode): Mode {
  return MODES.indexOf(a) > MODES.indexOf(b) ? a : b;
}

/** Undefined without a site key. */
export function configure(script: HTMLScriptElement | null): Config | undefined {
  const data = script?.dataset;
  if (!script || !data?.site) return;
  const rate = Number(data.sampleRate ?? 1);
  return {
    site: data.site,
    collector: (data.collector || new URL(script.src).origin).replace(/\/$/, ""),
    script: script.src,
    sampleRate: rate >= 0 ? rate : 0,
    mode: mode(data.consent),
    wording: data.consentVersion || "1",
    dnt: "dnt" in data,
    debug: "debug" in data,
    canvas: "canvas" in data,
    budget: Number(data.budget ?? 100) || 0,
    allowQuery: (data.allowQuery || "").split(/[\s,]+/),
  };
}
