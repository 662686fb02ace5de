/**
 * The tracker's own question, shown in mode `ask`: a small box at the edge of
 * the window that moves nothing, blocks nothing, takes no focus by itself and
 * gives both answers the same weight. It lies in an open shadow root, so that a
 * site can style its parts, and is never recorded.
 */
import { guard } from "../guard";
import type { Host } from "../host";
import { around } from "../link/around";
import { choose, type Words } from "./texts";
import { STYLE } from "./style";

export interface Prompt {
  /** Asks, once in a document; `called`: whenever the visitor wants it, and then it takes the focus. */
  run(host: Host, called?: unknown): void;
}

function make<K extends keyof HTMLElementTagNameMap>(name: K, part: string, text = ""): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  element.setAttribute("part", part);
  element.textContent = text;
  return element;
}

/** A link of the site's own, and no script. */
function link(address: string, words: Words): HTMLAnchorElement | undefined {
  const a = make("a", "link", words.privacy);
  a.href = new URL(address, document.baseURI).href;
  return /^https?:$/.test(a.protocol) ? a : undefined;
}

let asked = false;

export const run: Prompt["run"] = (host, called) => {
  const { consent, config, verbs } = host;
  // Where the page around this one has a tracker, that one asks.
  if (called ? consent.declined() : asked || !consent.asks() || around()) return;
  asked = true;
  host.close?.();
  const close = show(config.tag, (granted) => verbs.consent?.(granted), !!called);
  // Answered in another tab.
  const heard = guard((e: StorageEvent) => {
    if (e.key === `${consent.prefix}.consent`) host.close?.();
  });
  window.addEventListener("storage", heard);
  host.close = () => {
    window.removeEventListener("storage", heard);
    close();
  };
};

/**
 * `tag` are the snippet's attributes: `data-privacy-url` adds a link; `data-consent-text`, `-yes` and `-no` are the
 * site's own words. Gives what closes it.
 */
function show(tag: DOMStringMap, answer: (granted: boolean) => void, focus: boolean): () => void {
  const words = choose([document.documentElement.lang, ...navigator.languages]);
  const host = document.createElement("hindsight-consent");
  // For our own recorder and for those of others.
  host.setAttribute("data-hindsight-block", "");
  host.className = "rr-block";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];

  const box = make("div", "box");
  box.role = "dialog";
  box.ariaLabel = words.title;
  box.lang = words.lang;
  // The page's own words run as the page does.
  box.dir = tag.consentText ? getComputedStyle(document.documentElement).direction : words.dir;
  box.tabIndex = -1;
  const text = make("p", "text", tag.consentText || words.text);
  text.id = "text";
  box.setAttribute("aria-describedby", "text");
  const more = tag.privacyUrl && link(tag.privacyUrl, words);
  if (more) text.append(" ", more);
  const buttons = make("div", "buttons");
  box.append(text, buttons);
  root.append(box);

  const before = document.activeElement as HTMLElement | null;
  const close = (): void => {
    if (!host.isConnected) return;
    const inside = document.activeElement === host;
    host.remove();
    if (inside) before?.focus();
  };
  for (const [granted, label] of [
    [false, tag.consentNo || words.no],
    [true, tag.consentYes || words.yes],
  ] as const) {
    const button = make("button", "button", label);
    button.type = "button";
    button.addEventListener("click", () => {
      close();
      answer(granted);
    });
    buttons.append(button);
  }
  // No answer now: the next page asks again.
  box.addEventListener("keydown", (e) => e.key === "Escape" && close());

  // Before the body: first in the order of the tab key, and no rule that counts the body's children notices.
  document.documentElement.insertBefore(host, document.body);
  if (focus) box.focus();
  return close;
}
