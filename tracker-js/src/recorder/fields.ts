/** What fields hold, as it may be told, and what was told last: a change that cannot be seen is no event. */
import { MASK } from "../privacy/scrub";
import type { Attributes } from "./attributes";
import type { Privacy } from "./contract";
import { type Flags, isField, showField } from "./policy";

export interface FieldState {
  text: string;
  isChecked: boolean;
}

export interface Fields {
  /** Attributes of a field, or of a select's option, in a snapshot. */
  attributesOf(element: Element, flags: Flags): Attributes | undefined;
  /** The field's state where it is another than the one told last. */
  news(field: HTMLInputElement, flags: Flags): FieldState | undefined;
}

const isBox = (field: HTMLInputElement): boolean => /^(checkbox|radio)$/.test(field.type);

export function createFields(privacy: Privacy): Fields {
  const told = new WeakMap<Element, string>();

  const state = (field: HTMLInputElement, flags: Flags): FieldState | undefined => {
    const shown = showField(field, flags, privacy);
    // A masked choice shows the first option.
    if (shown === "closed" || (shown === "masked" && field.localName === "select")) return;
    let { value } = field;
    if (field.localName === "select" && field.multiple)
      for (const option of (field as unknown as HTMLSelectElement).selectedOptions) value += `\n${option.index}`;
    const isChecked = field.checked === true;
    // The value of a box or a radio is no text on the page.
    if (isBox(field)) return { text: "on", isChecked };
    return { text: value && (shown === "masked" || privacy.protection.taints(value)) ? MASK : value, isChecked };
  };
  const news = (field: HTMLInputElement, flags: Flags): FieldState | undefined => {
    const now = state(field, flags);
    const key = now && now.text + String(now.isChecked);
    if (!now || told.get(field) === key) return;
    told.set(field, key as string);
    return now;
  };
  return {
    news,
    attributesOf(element, flags): Attributes | undefined {
      if (element.localName === "option") {
        const select = element.closest("select");
        const open = select && (element as HTMLOptionElement).selected && showField(select as unknown as HTMLInputElement, flags, privacy) === "open";
        return open ? { selected: true } : {};
      }
      if (!isField(element)) return;
      told.delete(element);
      const now = news(element, flags);
      if (!now) return {};
      if (isBox(element)) return now.isChecked ? { checked: true } : {};
      return now.text && element.localName !== "select" ? { value: now.text } : {};
    },
  };
}
