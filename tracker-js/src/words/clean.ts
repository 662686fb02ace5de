/**
 * Secrets in the text of a style: as strings, in custom properties, and as any other word, of which a page may make the
 * name of a font, an animation or a layer.
 */
import { MASK } from "../privacy/scrub";

/** A string, a custom property that holds none, or a word or number with whatever escapes are in it. */
const TOKEN = /"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*'|--[\w-]+\s*:\s*[^;}"']*|@?(?:[\w-]|[^\0-\x7f]|\\[\da-f]{1,6}\s?|\\[^])+/gi;
/** Shorter ones are no piece of a secret by themselves. */
const SHORT = 4;

/** What is told in the place of a token that holds a secret. */
function masked(token: string): string {
  if (/^["']|^--[\w-]+\s*:/.test(token)) return `"${MASK}"`;
  return /^-?\d/.test(token) ? "0" : token.replace(/^([@-]*)[^]*/, "$1_");
}

/**
 * The text with other names in the place of those that hold a secret; undefined where that is not enough. Words of the
 * language itself stay, whatever piece of a secret they look like: a password that begins with "flex" leaves the page its look.
 */
export function cleaned(css: string, taints: (text: string) => boolean, ofLanguage: (word: string) => boolean): string | undefined {
  const shown = new Map<string, string>();
  /** Tokens that look like a piece of a secret and stay. */
  const staying = new Set<string>();
  const told = css.replace(TOKEN, (token) => {
    let now = shown.get(token);
    if (now === undefined) {
      now = token;
      if (token.length >= SHORT && taints(token.replace(/^["']|["']$/g, "")))
        if (ofLanguage(token)) staying.add(token);
        else now = masked(token);
      shown.set(token, now);
    }
    return now;
  });
  // What no token holds several may hold together.
  return taints(told.replace(TOKEN, (token) => (staying.has(token) ? "," : token))) ? undefined : told;
}
