/**
 * What the visitor has allowed. A choice, a refusal too, is remembered
 * first-party together with the version of the wording it answered, for twelve
 * months. Global Privacy Control wins over everything and is never stored.
 */
import { type Config, type Mode, mode, stricter } from "./config";
import { read, write } from "./storage";

export const UNKNOWN = 0;
export const GRANTED = 1;
export const DENIED = 2;
export const IMPLIED = 3;
export const NOT_NEEDED = 4;

const YEAR = 365 * 864e5;

interface Choice {
  /** Granted or not. */
  g: boolean;
  /** When, Unix ms. */
  t: number;
  /** Version of the wording. */
  w: string;
}

export interface Consent {
  /** The state that frames carry. */
  state(): number;
  /** Whether anything may be stored or sent now. */
  allowed(): boolean;
  choose(granted: boolean): void;
  /** The collector's own mode of the site; the stricter of both holds. */
  serverSays(siteMode: unknown): void;
}

export function createConsent(config: Config): Consent {
  const key = `hindsight.${config.site}.consent`;
  let effective: Mode = config.mode;
  let choice: Partial<Choice> | undefined;

  const refusedByBrowser = (): boolean =>
    (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true ||
    (config.dnt && navigator.doNotTrack === "1");

  const state = (): number => {
    if (refusedByBrowser()) return DENIED;
    // Read anew each time: another tab may have answered.
    choice = read<Choice>("localStorage", key) ?? choice;
    const age = Date.now() - (choice?.t ?? 0);
    if (choice && choice.w === config.wording && age < YEAR) return choice.g ? GRANTED : DENIED;
    return effective === "none" ? NOT_NEEDED : effective === "implied" ? IMPLIED : UNKNOWN;
  };

  return {
    state,
    allowed: () => state() !== UNKNOWN && state() !== DENIED,
    choose(granted) {
      if (refusedByBrowser()) return;
      choice = { g: granted, t: Date.now(), w: config.wording };
      write("localStorage", key, choice);
    },
    serverSays(siteMode) {
      effective = stricter(config.mode, mode(siteMode));
    },
  };
}
