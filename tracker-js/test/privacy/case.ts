/** One way in which a page and its visitor handle a secret. */
import type { Driver } from "./driver";

/** A secret as it is written into a page. */
export interface Written {
  /** Inside an attribute's double quotes. */
  html: string;
  /** A literal of JavaScript, also inside an attribute's double quotes. */
  js: string;
}

export interface Case {
  name: string;
  body: (secret: Written) => string;
  /** Attributes of the snippet, in place of `data-consent="none"`. */
  snippet?: string;
  /** Done before the recording begins. */
  before?: (page: Driver, secret: string) => Promise<unknown>;
  act?: (page: Driver, secret: string) => Promise<unknown>;
  /** A harmless text of this case that must be found by the same search. */
  shows?: string;
  /** Typing totals are told: the field typed into is an ordinary one. */
  totals?: true;
  /** The page took away the listeners that tell clicks. */
  deaf?: true;
  /** Why what is told may differ with the secret: the page itself derives something from it that no tracker can know. */
  derived?: string;
  /** Secrets of this case in place of the usual ones. */
  secrets?: [string, string];
}

/** A table of them. */
export const cases = (...all: Case[]): Case[] => all;

export function write(secret: string): Written {
  return {
    html: secret.replace(/&/g, "&amp;").replace(/"/g, "&quot;").replace(/</g, "&lt;"),
    js: `'${[...secret].map((c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`).join("")}'`,
  };
}

/** What a page marks a field with whose text is to be told. */
export const OPEN = "data-hindsight-unmask";

/** Clicks a field and types into it. */
export const into = (selector: string) => async (page: Driver, secret: string): Promise<void> => {
  await page.click(selector);
  await page.type(secret);
};

/** Until what was held back while a secret was typed is told, whatever the machine is doing. */
export const settle = (page: Driver): Promise<unknown> => page.eval(() => new Promise((done) => setTimeout(done, 400)), null);

/** Until texts are no longer compared with what was typed last as strictly as right after it. */
export const forgotten = (page: Driver): Promise<unknown> => page.eval(() => new Promise((done) => setTimeout(done, 1600)), null);

/** Clicks a button between the first half and the second. */
export const halves = (button: string, field = "#p") => async (page: Driver, secret: string): Promise<void> => {
  const half = Math.ceil(secret.length / 2);
  await into(field)(page, secret.slice(0, half));
  await page.click(button);
  await settle(page);
  await into(field)(page, secret.slice(half));
};
