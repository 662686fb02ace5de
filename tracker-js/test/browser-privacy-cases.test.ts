/**
 * What protected and masked fields hold never leaves the page, whatever the page does with it: each case is visited
 * twice, with secrets of other letters and another length. Neither is found in anything that was sent, and both visits
 * tell the same.
 */
import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import type { Case } from "./privacy/case";
import { FIELDS, REPLACED, SHOWN } from "./privacy/cases-fields";
import { MIRRORS } from "./privacy/cases-mirrors";
import { PLACES } from "./privacy/cases-places";
import { chromiumDriver, type Driver } from "./privacy/driver";
import { visit } from "./privacy/run";
import { differences, replayOf, told } from "./privacy/same";
import { found } from "./privacy/search";
import { launchShell } from "./support/site";

/** Other letters, another length, and whatever an address, a style or a literal writes differently. */
const SECRETS: [string, string] = ["Zq7!xKy2~", `Wm4/"vBj ug%Qz\\8<long>phrase&é9`];
const CASES: Case[] = [...FIELDS, ...SHOWN, ...REPLACED, ...MIRRORS, ...PLACES];

/** For work on some of them, and on a machine that seems so many times slower. */
const WANTED = new RegExp(process.env.HINDSIGHT_CASES ?? "");
const SLOWER = Number(process.env.HINDSIGHT_THROTTLE ?? 1);

/** How often two visits are compared at the most. */
const TURNS = 3;

let browser: Browser;
before(async () => {
  browser = await launchShell();
});
after(() => browser.close());

async function open(): Promise<Driver> {
  const context = await browser.newContext();
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  const page = await context.newPage();
  if (SLOWER > 1) await (await context.newCDPSession(page)).send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  return chromiumDriver(page);
}

describe("never leaves the page", { concurrency: 5 }, () => {
  for (const one of CASES.filter((c) => WANTED.test(c.name)))
    test(one.name, async (t) => {
      let differ: string[] = [];
      // What the secret makes differ differs each time; what the machine was doing does not.
      for (let turn = 1; turn <= TURNS; turn++) {
        const tales = [];
        for (const secret of one.secrets ?? SECRETS) {
          const { arrivals, all } = await visit(one, secret, open);
          assert.deepEqual(found(all, secret), []);
          for (const { type, data } of replayOf(arrivals))
            if (type === 3 && data.source === 5) assert.ok(["", "on", "•••"].includes(String(data.text)), JSON.stringify(data));
          tales.push(told(arrivals, !!one.totals));
        }
        differ = one.derived ? [] : differences(tales[0] ?? {}, tales[1] ?? {});
        if (!differ.length) break;
        t.diagnostic(`turn ${turn}: ${differ.join("\n")}`);
      }
      assert.deepEqual(differ, []);
    });
});
