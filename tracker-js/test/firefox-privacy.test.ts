/**
 * The table of cases of browser-privacy-cases, visited by Firefox: no secret is found in anything that was sent. The
 * comparison of two visits runs where HINDSIGHT_LONG is set, as do all the cases; Chromium has both always.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "puppeteer-core";
import { FIELDS, REPLACED, SHOWN } from "./privacy/cases-fields";
import { MIRRORS } from "./privacy/cases-mirrors";
import { PLACES } from "./privacy/cases-places";
import { type Driver, firefoxDriver } from "./privacy/driver";
import { visit } from "./privacy/run";
import { differences, told } from "./privacy/same";
import { found } from "./privacy/search";
import { openTab, startFirefox } from "./support/firefox";

const SECRETS: [string, string] = ["Zq7!xKy2~", `Wm4/"vBj ug%Qz\\8<long>phrase&é9`];
const LONG = !!process.env.HINDSIGHT_LONG;
const WANTED = new RegExp(process.env.HINDSIGHT_CASES ?? "");

let firefox: Browser;
before(async () => {
  firefox = await startFirefox({ "dom.events.testing.asyncClipboard": true });
});
after(() => firefox.close());

async function open(): Promise<Driver> {
  return firefoxDriver(await openTab(firefox));
}

// Whichever tab is in front has the focus, and tells of it: what is compared is visited alone.
describe("never leaves the page in Firefox", { concurrency: LONG ? 1 : 3 }, () => {
  // Every third case; all of them in the long form.
  const third = (_one: unknown, i: number): boolean => LONG || i % 3 === 0;
  for (const one of [...FIELDS, ...SHOWN, ...REPLACED, ...MIRRORS, ...PLACES].filter((c) => WANTED.test(c.name)).filter(third))
    test(one.name, async () => {
      const [first, second] = one.secrets ?? SECRETS;
      const visits = [];
      for (const secret of LONG ? [first, second] : [second]) {
        const { arrivals, all } = await visit(one, secret, open, false); // Tabs beside one another: all but one are hidden.
        assert.deepEqual(found(all, secret), []);
        visits.push(told(arrivals, !!one.totals));
      }
      if (LONG && !one.derived) assert.deepEqual(differences(visits[0] ?? {}, visits[1] ?? {}), []);
    });
});
