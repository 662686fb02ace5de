/**
 * What fields hold: after the visitor's input, and after a script set it, which fires no event. Fetched when one of
 * them first does.
 */
import type { Lazy } from "../recorder/lazy";
import { isField, UNTOLD } from "../recorder/policy";

/** Takes fields that have perhaps changed, and forms that were reset. */
export const start: Lazy<[Element]>["start"] = (r) => {
  let touched = new Set<HTMLInputElement>();
  let ready = false;
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
      const state = flags === UNTOLD ? undefined : r.fields.news(field, flags);
      if (!state) continue;
      // An input event leaves one option chosen.
      if (field.localName === "select" && field.multiple) {
        r.changes.again(field);
        r.soon();
      } else r.incremental(5, { ...state, id: r.id(field) });
    }
  });
  return touch;
};
