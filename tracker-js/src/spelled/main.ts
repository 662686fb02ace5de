/**
 * Attributes that are on no list, and that the page's selectors name: `[data-state=open]`. Fetched with the first rule
 * that names one; what elements have of them is told from then on.
 */
import { alive } from "../recorder/alive";
import type { Attributes } from "../recorder/attributes";
import type { Lazy } from "../recorder/lazy";
import { isBlocked, UNTOLD } from "../recorder/policy";
import { createSpelled } from "./spelled";

/** Names that are common in selectors, and are kept whatever these say. */
const LISTED = /^(class|id|style|href|src|type|role|hidden|disabled|dir|lang|width|height)$/;

/** What says which of several is chosen, or how far. */
const STATE = /^((aria|data)-(state|checked|selected|pressed|current|value.*|active.*|highlighted)|checked|selected|value)$/i;

/** Takes the texts of rules. */
export const start: Lazy<[css: string]>["start"] = (r) => {
  /** Attributes of which a selector has asked something new since elements were judged. */
  const learned = new Set<string>();
  const spelled = createSpelled((name) => {
    // What is no name of a selector would make a search throw.
    if (/^-?[a-z_]|^--/.test(name) && !LISTED.test(name)) learned.add(name);
    // Not at once: what is being told would begin again within itself.
    queueMicrotask(r.soon);
  });
  r.keep = (name, value, element) => (STATE.test(name) && r.host.unseen(element, true) ? undefined : spelled.keep(name.toLowerCase(), value));
  r.each(() => {
    const names = [...learned];
    learned.clear();
    const attributes: (number | Attributes)[] = [];
    for (const root of names.length ? alive(r.roots) : []) {
      // What was known of flags may be from before the last nodes were told.
      r.changes.look(root);
      for (const element of root.querySelectorAll(names.map((name) => `[${name}]`).join())) {
        const id = r.id(element);
        const flags = r.changes.flags(element);
        // Of what is blocked, a box stands in the replay.
        if (!id || flags === UNTOLD || isBlocked(flags)) continue;
        const news: Attributes = {};
        for (const name of names) {
          const value = element.getAttribute(name);
          const kept = value !== null && r.serializer.attribute(element, name, value, flags);
          if (typeof kept === "string") news[name] = kept;
        }
        if (Object.keys(news).length) attributes.push(id, news);
      }
    }
    if (attributes.length) r.incremental(0, 0, 0, 0, attributes);
  });
  return spelled.learn;
};
