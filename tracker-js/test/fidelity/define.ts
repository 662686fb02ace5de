/** What a page of the fidelity tests is: a document, what it loads, and what a visitor does on it. */
import type { Page } from "playwright-core";

/** Something the visitor or the page's own script does; the next begins when its promise is fulfilled. */
export type Step = (page: Page) => Promise<unknown>;

export interface FidelityPage {
  name: string;
  html: string;
  /** File in `apps/` that is bundled and loaded as `app.js`, for pages that a framework builds. */
  app?: string;
  /** Further files beside the page, by name. */
  files?: Record<string, string>;
  /** Divided into thirds, after each of which live page and replay are compared. */
  steps: Step[];
  /** Recorded with everything masked, and compared masked parts aside. */
  masked: boolean;
  /** Whether the Replayer can show it at all: where it cannot, random changes prove nothing. */
  plays: boolean;
}

interface Parts {
  css?: string;
  head?: string;
  body?: string;
  app?: string;
  files?: Record<string, string>;
  /** Attributes of `<html>` beside those that unmask fields and written text. */
  html?: string;
  masked?: true;
  plays?: false;
  /** Script that runs at the end of the body. */
  script?: string;
  steps: Step[];
}

export function define(name: string, p: Parts): FidelityPage {
  const app = p.app ? `<script src="app.js"></script>` : "";
  const script = p.script ? `<script>${p.script}</script>` : "";
  return {
    name,
    app: p.app,
    files: p.files,
    steps: p.steps,
    masked: !!p.masked,
    plays: p.plays ?? true,
    html: `<!doctype html>
<html ${p.html ?? "lang=en"}${p.masked ? "" : " data-hindsight-unmask"}>
<head><meta charset="utf-8"><title>${name}</title>${p.head ?? ""}
<style>body{font:14px/1.4 sans-serif;margin:12px}${p.css ?? ""}</style></head>
<body>${p.body ?? ""}${app}${script}</body>
</html>`,
  };
}

/** A step that is a script in the page. */
export const run = (script: string): Step => (page) => page.evaluate(`(async () => { ${script} })()`);
export const click = (selector: string): Step => (page) => page.click(selector);
export const type = (selector: string, text: string): Step => (page) => page.locator(selector).pressSequentially(text);
