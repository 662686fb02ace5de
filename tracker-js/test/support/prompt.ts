/** Reaches into the tracker's own prompt, which lies in an open shadow root. */
import type { Locator, Page } from "playwright-core";

export function prompt(page: Page): { box: Locator; no: Locator; yes: Locator } {
  const buttons = page.locator('hindsight-consent [part="button"]');
  return { box: page.locator('hindsight-consent [part="box"]'), no: buttons.nth(0), yes: buttons.nth(1) };
}
