/**
 * What the visitor has allowed. A choice, a refusal too, is remembered
 * first-party together with the version of the wording it answered, for twelve
 * months. What the browser itself says (Global Privacy Control, a visitor who
 * opted out) wins over everything.
 */
import { hex, random } from "./bytes";
import { type Config, leniency } from "./config";
import { read, write } from "./storage";

export const UNKNOWN = 0;
export const GRANTED = 1;
export const DENIED = 2;
export const IMPLIED = 3;
export const NOT_NEEDED = 4;

const DAY = 864e5;
const YEAR = 365 * DAY;
/** Kept for every site of the origin; a preference that names nobody. */
export const OPT_OUT = "hindsight.optout";
/** What names itself a machine. Phones are called CUBOT. */
export const BOT = /[^u]bot|craw|spider|headless/i;

/** Kept as JSON; the digest of that text is the key of the proof, so that whoever alters it loses the proof. */
export interface Choice {
  /** Random, and never sent. */
  n: string;
  /** Granted or not. */
  g: boolean;
  /** When, Unix ms. */
  t: number;
  /** Version of the wording. */
  w: string;
  /** Where, scrubbed. */
  u: string;
}

export interface Consent {
  /** The state that frames carry. */
  state(): number;
  /** Whether anything may be stored or sent now. */
  allowed(): boolean;
  /** Whether the browser refuses for its visitor, whatever the page says. */
  declined(): unknown;
  /** Whether the tracker itself has to ask. */
  asks(): boolean;
  /** Remembers the answer, where it is another one. */
  choose(granted: boolean): void;
  /** What the mode leaves to the site; the link lowers it to the collector's own mode of the site, where that is stricter. */
  lenient: number;
  /** What the browser remembers of the visitor's answer. */
  choice: Partial<Choice>;
  /** Tells of an answer that the session has not been told of; set by the late part. */
  tell?: () => void;
  /** Name of what the session keeps, and beginning of all names of the site. */
  prefix: string;
  /** Deletes everything but the choice from the browser's storages. */
  forget(): void;
  /** The visitor id that was deleted last, for erasing what is held under it. */
  gone?: unknown;
}

export function createConsent({ site, wording, tag }: Config, url: (address: string) => string): Consent {
  const prefix = `hindsight.${site}`;
  const key = `${prefix}.consent`;

  const declined = (): unknown =>
    (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl ||
    ("dnt" in tag && navigator.doNotTrack === "1") ||
    (tag.bots === "skip" && (navigator.webdriver || BOT.test(navigator.userAgent))) ||
    read("localStorage", OPT_OUT);

  const state = (): number => {
    if (declined()) return DENIED;
    // Read anew each time: another tab may have answered.
    const { g, t, w } = (consent.choice = read<Choice>("localStorage", key) ?? consent.choice);
    // A time to come, by more than a day by which clocks may differ, is none at all.
    if (w === wording && Math.abs(Date.now() - (t as number) - (YEAR - DAY) / 2) < (YEAR + DAY) / 2) return g ? GRANTED : DENIED;
    // Where nobody asks, an objection stands.
    return consent.lenient > 0 ? (g === false ? DENIED : consent.lenient + 2) : UNKNOWN;
  };

  const consent: Consent = {
    choice: {},
    lenient: leniency(tag.consent),
    prefix,
    state,
    declined,
    // The bits that unknown and denied lack.
    allowed: () => (state() & (GRANTED | NOT_NEEDED)) > 0,
    asks: () => consent.lenient < 0 && state() === UNKNOWN,
    choose(granted) {
      // Whoever gives the answer that is known already changes nothing: consent platforms do so on every page.
      if (declined() || state() === (granted ? GRANTED : DENIED)) return;
      consent.choice = { n: hex(random(16)), g: granted, t: Date.now(), w: wording, u: url(location.href) };
      // Where there is no room for this answer the one before must not stay.
      write("localStorage", key);
      write("localStorage", key, consent.choice);
    },
    forget() {
      consent.gone = read<{ v: string }>("localStorage", prefix)?.v ?? consent.gone;
      write("localStorage", prefix);
      write("sessionStorage", `${prefix}.tab`);
    },
  };
  return consent;
}
