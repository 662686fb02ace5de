/**
 * What may be said of texts and addresses. E-mail addresses, card numbers and
 * long tokens are taken out of every text; addresses lose query values and
 * fragments unless the site allows a name; a hash route (`#/path`) stays.
 */

import { guard } from "../guard";

/** Stands for every masked text, whatever its length. */
export const MASK = "•••";

/** Forms that are sent by GET put secrets into the query: no site can allow the value of such a name. */
const SECRET_NAME = /pass|secret|token|^(pwd?|pin|otp|cv[cv]|csc)$/i;

// Every repetition is bounded or cannot backtrack: texts come from the page.
const EMAIL = /[\p{L}\w.+%-]{1,64}(?:@|＠|%40)[\p{L}\w-]{1,63}(?:\.[\p{L}\w-]{1,63})+/gu;
const CARD = /\b\d(?:[\s.\u2010-\u2015-]?\d){12,18}\b/g;
const TOKEN = /[\w-]{20,}|\b[A-Z]{2}\d{2}[A-Z\d]{11,30}\b/g;
const LINK = /(\w{1,16}:\/\/[^\s?#"'<>)]*)[?#][^\s"'<>)]*?(?=(?::\d+){0,2}(?:[\s"'<>)]|$))/g;

/**
 * Luhn's check: most digit runs of this length are no card numbers. Every second digit counts twice, by its cross sum.
 * Without `reduce`, which old libraries replace.
 */
function isCard(text: string): boolean {
  const digits = text.replace(/\D/g, "");
  let sum = 0;
  for (let i = digits.length, d; (d = digits[--i]); ) sum += +((digits.length - i) % 2 ? d : ("0246813579"[+d] as string));
  return sum % 10 === 0;
}

/** Digits and letters that touch more than twice, digits in one long row, or an IBAN: a token, and not words joined by dashes. */
function isToken(text: string): boolean {
  return text.split(/\d[a-z]|[a-z]\d/i).length > 3 || /\d{16}|^[A-Z]{2}\d{2}[A-Z\d]+$/.test(text);
}

export interface Scrubber {
  /** A text, or the mask when it holds a secret of the page; `id`: where a long token is what one expects. */
  text(value: unknown, id?: boolean): string;
  /** An absolute address without what may be private. */
  url(value: unknown): string;
  /** Path of the page view: no query; a hash route stays. */
  path(value: unknown): string;
}

/** What they need: a sign of an address, or three digits in a text of some length. Most texts have neither, and one look is cheaper than four. */
const SUSPECT = /[@＠%]|:\/\/|^(?=[^]{13})[^]*?\d\D*\d\D*\d/;

function redact(text: string, id?: boolean): string {
  return text
    .replace(LINK, "$1")
    .replace(EMAIL, MASK)
    .replace(CARD, (m) => (isCard(m) ? MASK : m))
    .replace(TOKEN, (m) => (!id && isToken(m) ? MASK : m));
}

export function createScrubber(taints: (text: string, pieces?: boolean) => boolean, allowQuery: string[]): Scrubber {
  const clean = (s: string, pieces?: boolean, id?: boolean): string => (taints(s, pieces) ? MASK : SUSPECT.test(s) ? redact(s, id) : s);
  const parse = guard((value: unknown) => new URL(String(value), location.href));
  /** Path and hash route. A secret may hold a slash: the whole is looked at before its parts. */
  const plain = (u: URL): string => {
    const whole = u.pathname + (/^#!?\/[^?]*/.exec(u.hash)?.[0] ?? "");
    return taints(whole) ? `/${MASK}` : whole.split("/").map((part) => clean(part)).join("/").slice(0, 1024);
  };
  return {
    text: (value, id) => clean(String(value ?? ""), true, id),
    path: (value) => {
      const u = parse(value);
      return u?.pathname[0] === "/" ? plain(u) : "/";
    },
    url: (value) => {
      const u = value ? parse(value) : undefined;
      if (!u || taints(u.protocol + u.host)) return "";
      if (!/^https?:/.test(u.protocol)) return u.protocol;
      const query: string[] = [];
      for (const [name, v] of u.searchParams)
        // A query without `=` is a value, not a name.
        if (v || u.search.includes(`${name}=`)) query.push(`${clean(name)}=${allowQuery.includes(name) && !SECRET_NAME.test(name) ? encodeURIComponent(clean(v)) : ""}`);
      return u.origin + plain(u).replace(/(?=#)|$/, query.length ? `?${query.join("&")}` : "");
    },
  };
}
