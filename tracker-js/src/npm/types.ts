/** What the npm package offers; the attributes and verbs of docs/tracker.md with types. */

/** How consent is obtained; anything else counts as `ask`. */
export type Mode = "ask" | "required" | "implied" | "none";

export interface Options {
  /** The site's key. */
  site: string;
  /** Address of the collector, for example `https://replay.example.com`. */
  collector: string;
  /** Default: `ask`. */
  consent?: Mode;
  /** Version of the wording that the visitor answers; a new one asks again. Default: `1`. */
  consentVersion?: string;
  /** Where the prompt's privacy link leads. */
  privacyUrl?: string;
  /** Your own words in the prompt: the question, and the two answers. */
  consentText?: string;
  consentYes?: string;
  consentNo?: string;
  /** Share of sessions that are recorded for replay, 0 … 1. Default: 1. */
  sampleRate?: number;
  /** Whether Do Not Track counts as a refusal. */
  dnt?: boolean;
  /** `skip` leaves out browsers driven by a program. */
  bots?: "skip";
  /** Names of query parameters whose values may be recorded. */
  allowQuery?: string[];
  /** Whether frames of canvases are recorded. */
  canvas?: boolean;
  /** Main-thread milliseconds of a second that recording may cost before it pauses; 0: no bound. Default: 100. */
  budget?: number;
  /** Says in the console what is recorded and what is masked. */
  debug?: boolean;
}

export type Value = string | number | boolean;

/** Values of a custom event or of the session, or of an interface of your own; nested objects are left out. */
export type Values<T = Record<string, Value>> = { [K in keyof T]: Value };

export type Choice = boolean | { analytics: "granted" | "denied"; erase?: boolean };

/** The tracker's function; wrong calls do nothing. */
export interface Hindsight {
  (verb: "start" | "stop" | "erase" | "preview" | "optout" | "optin"): void;
  /** Without a choice the prompt is shown again. */
  (verb: "consent", choice?: Choice): void;
  <T extends object & Values<T>>(verb: "identify", id: string, traits?: T): void;
  <T extends object & Values<T>>(verb: "set", values: T): void;
  <T extends object & Values<T>>(verb: "event", name: string, values?: T): void;
  /** Begins a page view; `path` names it where the address does not. */
  (verb: "page", path?: string): void;
}
