/** A real Firefox, driven over WebDriver BiDi. */
import { execFileSync } from "node:child_process";
import puppeteer, { type Browser } from "puppeteer-core";

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
