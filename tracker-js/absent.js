/**
 * Stands in for a part of a build that this server does not have: an earlier one's, of a t.js that the browser had kept,
 * or a later one's, while several servers are renewed one after the other. Parts of another build are never taken: they
 * were not made for each other. A module that exports `then` is waited for like a promise: whoever imports it gets what
 * this resolves to.
 */
if (typeof document === "undefined") throw new Error("There is no such worker.");

/** Attempts in a row, before whoever wants the part is told that it cannot be had. */
const TRIES = 3;
const LONGEST = 6e4;
let wait = 500;
let renewed;

export async function then(use, fail) {
  // The visitor's next page begins with the t.js of now.
  renewed ??= fetch(new URL("t.js", import.meta.url), { cache: "no-cache", mode: "no-cors" }).catch(() => {});
  for (let i = 0; i < TRIES; i++) {
    await new Promise((go) => setTimeout(go, wait * (0.5 + Math.random() / 2)));
    wait = Math.min(LONGEST, wait * 4);
    try {
      // Another of the servers may have it. What failed once under one address may be remembered as failed.
      return use(await import(`${import.meta.url.split("?")[0]}?${Date.now()}`));
    } catch {
      // The next attempt.
    }
  }
  fail(new Error("There is no such script."));
}
