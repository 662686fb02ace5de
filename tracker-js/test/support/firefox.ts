/** A real Firefox, driven over WebDriver BiDi. */
import { execFileSync } from "node:child_process";
import puppeteer, { type Browser, type Page } from "puppeteer-core";

function firefoxPath(): string {
  if (process.env.FIREFOX) return process.env.FIREFOX;
  for (const name of ["firefox-esr", "firefox"])
    try {
      return execFileSync("which", [name], { encoding: "utf8" }).trim();
    } catch {
      continue;
    }
  throw new Error("No Firefox: install firefox-esr, or name one by the environment variable FIREFOX.");
}

export function startFirefox(prefs: Record<string, unknown> = {}): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath: firefoxPath(),
    headless: true,
    extraPrefsFirefox: {
      // It looks for no updates, add-ons or captive portals: nothing but the tests' own servers is asked.
      "app.update.enabled": false,
      "extensions.update.enabled": false,
      "network.captive-portal-service.enabled": false,
      "network.connectivity-service.enabled": false,
      "browser.safebrowsing.malware.enabled": false,
      "browser.safebrowsing.phishing.enabled": false,
      "services.settings.server": "data:,",
      ...prefs,
    },
  });
}

/**
 * A tab of its own, in a context of its own. Firefox at times says of a tab that it just opened that there is none ("no
 * such frame", on a busy machine): nothing was visited by then, so another one is asked for.
 */
export async function openTab(firefox: Browser, tries = 5): Promise<Page> {
  const context = await firefox.createBrowserContext();
  try {
    return await context.newPage();
  } catch (e) {
    if (tries < 2 || !/no such frame/.test(String(e))) throw e;
    await context.close().catch(() => {});
    return openTab(firefox, tries - 1);
  }
}
