/**
 * What fields hold: when they are told, after the visitor's input, and after a script set it, which fires no event.
 * Fetched when one of them first holds something.
 */
import type { Lazy } from "../recorder/lazy";
import { isField, showField, UNTOLD } from "../recorder/policy";
import { createStates } from "./state";

/** Takes fields that have perhaps changed or were told just now, and forms that were reset. */
export const start: Lazy<[Element]>["start"] = (r) => {
  let touched = new Set<HTMLInputElement>();
  let ready = false;
  const states = createStates(r);
  r.chosen = states.chosen;
  r.open = (field) => {
    const flags = r.changes.look(field);
    // What is masked since it holds a secret among other things is as long as that.
    return flags !== UNTOLD && showField(field, flags, r.host) === "open" && !r.host.protection.taints(field.value);
  };
  // Not before the page's own handlers, which may show that the field holds a secret.
  const later = r.later(() => {
    ready = true;
    r.soon();
  }, 0);
  const touch = (element: Element): void => {
    if (element.localName === "form") [...(element as HTMLFormElement).elements].forEach(touch);
    const field = (element?.localName === "option" ? element.closest("select") : element) as HTMLInputElement | null;
    if (!isField(field) || !r.id(field)) return;
    touched.add(field);
    // One radio button that is chosen takes the choice from another.
    if (field.type === "radio")
      for (const other of (field.form ?? (field.getRootNode() as ParentNode)).querySelectorAll<HTMLInputElement>("input[type=radio]"))
        touched.add(other);
    ready = false;
    later();
  };
  r.each(() => {
    if (!ready) return;
    const now = touched;
    touched = new Set();
    for (const field of now) {
      const flags = r.changes.look(field);
      const state = flags === UNTOLD ? undefined : states.news(field, flags);
      if (!state) continue;
      // An input event leaves one option chosen.
      if (field.multiple && field.localName === "select") {
        r.changes.again(field);
        r.soon();
      } else r.incremental(5, { ...state, id: r.id(field) });
    }
  });
  return touch;
};
