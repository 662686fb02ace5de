/**
 * Changes of the page wait while a protected field is being typed into, and are
 * told in one piece, or they would tell number and time of the keys. Fetched when one is first typed into; until it
 * has come they wait.
 */
import { guard } from "../guard";
import { bare } from "../privacy/bare";
import type { Lazy } from "../recorder/lazy";

/** How long after the field has lost the focus, ms. */
const LEFT = 200;
/** For how long texts are compared with a secret of any length, ms: what was held back is told meanwhile. */
const STRICT = 1e3;
/** What an address, or JSON, writes otherwise. */
const WRITTEN = /(?:%[\da-f]{2})+|\\u[\da-f]{4}/gi;
/** Takes one layer of that away, and leaves alone what is none. */
const decode = guard((m: string) => (m[0] === "%" ? decodeURIComponent(m) : (JSON.parse(`"${m}"`) as string)));
/** Characters typed that are kept in mind. */
const MEMORY = 999;

/**
 * `holding` says whether changes have to wait: from the first key until the field loses the focus, its form is sent
 * or the page is left, at most 10 s after the last key. It lets go when it is asked and says no. In the second after
 * that a text is tainted, too, when it contains what was typed, of any length; with `pieces` when it is a part of that.
 * What is encoded is looked at again with each layer taken away.
 * Four digits or more that were typed are known for as long as the page lives.
 */
export const start: Lazy<[]>["start"] = ({ host: { protection } }) => {
  let strict = "";
  /** Whatever was typed, for what a page shows group by group, as it does the number of a card. */
  let codes = "";
  let timer = 0;
  protection.stricter = (text, pieces) => {
    const plain = bare(text).toLowerCase();
    const once = text.replace(WRITTEN, (m) => decode(m) ?? m);
    return (
      // Each layer makes it shorter.
      (once !== text && protection.taints(once, pieces)) ||
      (!!strict && !!plain && (plain.includes(strict) || (!!pieces && strict.includes(plain)))) ||
      (!!pieces && /^\d{4,}$/.test(plain) && codes.includes(plain))
    );
  };
  protection.holding = () => {
    const { hot } = protection;
    if (!hot) return false;
    // A page that renders anew with each key takes the field away and gives the focus to the next.
    if (!hot.matches(":focus-within")) protection.until = Math.min(protection.until, Date.now() + LEFT);
    if (protection.until > Date.now()) return true;
    strict = bare(hot.value ?? protection.typed).toLowerCase();
    codes = `${codes} ${strict}`.slice(-MEMORY);
    protection.hot = undefined;
    protection.until = 0;
    clearTimeout(timer);
    timer = window.setTimeout(() => (strict = ""), STRICT);
    return false;
  };
  return () => {};
};
