/** What fields hold: after the visitor's input, and after a script set it, which fires no event. */
import type { Observing } from "./observe";
import { isField, UNTOLD } from "./policy";
import { hook } from "./styles/hooks";

/** Returns what marks a field as perhaps changed. */
export function observeInputs(r: Observing): (element: Element) => void {
  let touched = new Set<HTMLInputElement>();
  let ready = false;
  // Not before the page's own handlers, which may show that the field holds a secret.
  const later = r.later(() => {
    ready = true;
    r.soon();
  }, 0);
  const touch = (element: Element | null): void => {
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
  r.on(["input", "change"], (_event, target) => touch(target as Element));
  r.on(["reset"], (_event, target) => {
    for (const element of (target as HTMLFormElement).elements) touch(element);
  });
  r.eachWindow((page, undo) => {
    for (const [name, properties] of [
      ["Input", "value checked"], ["TextArea", "value"], ["Select", "value selectedIndex"], ["Option", "selected"],
    ] as const)
      hook(undo, page[`HTML${name}Element`].prototype, properties, touch);
  });
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
}
