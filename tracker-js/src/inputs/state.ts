/** What fields hold, as it may be told, and what was told last: a change that cannot be seen is no event. */
import type { Recording } from "../recorder/recording";
import { type Flags, isField, showField } from "../recorder/policy";
import { MASK } from "../privacy/scrub";

export interface FieldState {
  text: string;
  isChecked: boolean;
}

export interface States {
  /** The field's state where it is another than the one told last. */
  news(field: HTMLInputElement, flags: Flags): FieldState | undefined;
  /** Whether an option that is told stands chosen. */
  chosen(option: HTMLOptionElement, flags: Flags): boolean;
}

const isBox = (field: HTMLInputElement): boolean => /^(checkbox|radio)$/.test(field.type);

/** What a field shows that was told just now. */
function fresh(field: HTMLInputElement): string {
  const [first] = field.localName === "select" && !field.multiple && field.size < 2 ? (field as unknown as HTMLSelectElement).options : [];
  if (first) return first.disabled ? "another" : first.value;
  return isBox(field) ? "on" : "";
}

export function createStates({ host, id }: Recording): States {
  /** By field: the id under which it was told, and what it held. */
  const told = new WeakMap<Element, [id: number, state: string]>();

  const state = (field: HTMLInputElement, flags: Flags): FieldState | undefined => {
    const shown = showField(field, flags, host);
    // A masked choice shows the first option.
    if (shown === "closed" || (shown === "masked" && field.localName === "select")) return;
    let { value } = field;
    if (field.localName === "select" && field.multiple)
      for (const option of (field as unknown as HTMLSelectElement).selectedOptions) value += `\n${option.index}`;
    const isChecked = field.checked === true;
    // The value of a box or a radio is no text on the page.
    if (isBox(field)) return { text: "on", isChecked };
    return { text: value && (shown === "masked" || host.protection.taints(value)) ? MASK : value, isChecked };
  };
  return {
    news(field, flags) {
      const now = state(field, flags);
      if (!now) return;
      const is = now.text + String(now.isChecked);
      const [as, was] = told.get(field) ?? [];
      // A select of several has its chosen options with it.
      const known = as === id(field) || (was && field.localName === "select" && field.multiple) ? was : `${fresh(field)}false`;
      told.set(field, [id(field), is]);
      return known === is ? undefined : now;
    },
    chosen(option, flags) {
      const select = option.closest("select") as unknown as HTMLInputElement | null;
      return option.selected && isField(select) && showField(select, flags, host) === "open";
    },
  };
}
