/**
 * Fields and forms: how long the visitor was in a field and what came of it,
 * and the totals of what was typed, once the field is left. Never per key;
 * nothing of a protected field.
 */
import { listen } from "../guard";
import type { select as Select } from "../link/selector";
import { clock, type Context, type Later } from "../observe/context";

const IGNORED = ".rr-ignore,.ph-ignore-input";
/** No visitor is that quick, ms. */
const BRIEF = 30;
const BUTTON = /^(button|submit|reset|image|hidden)$/;

type Field = HTMLInputElement;

interface Visit {
  field: Field;
  /** Times: of focus, of the first change, of the first and the last keystroke. */
  since: number;
  change: number;
  begin: number;
  end: number;
  changes: number;
  keys: number;
  refills: number;
  emptied: boolean;
}

function isField(e: Partial<Field>): boolean {
  return e.isContentEditable || (/^(input|select|textarea)$/.test(`${e.localName}`) && !BUTTON.test(`${e.type}`));
}

function isFilled(e: Field): boolean {
  return /^(checkbox|radio)$/.test(e.type) ? e.checked : !!((e.value ?? e.textContent) || e.validity?.badInput);
}

/** Takes what happens to fields and forms, in order. */
export function createFields(ctx: Context): (later: Later) => void {
  const seen = new WeakSet<object>();
  const select = ctx.naming as typeof Select;
  let visit: Visit | undefined;

  const untold = (e: Element): boolean => ctx.protection.has(e) || !!e.closest(IGNORED);

  const close = (left: string, now = clock()): void => {
    const v = visit;
    visit = undefined;
    // Judged at the end: it may have become protected meanwhile.
    if (!v?.field.isConnected || untold(v.field)) return;
    const { field, since, change, begin, end, changes, keys, refills } = v;
    // With each key of a secret a page may pass the focus to and fro.
    if (!changes && now - since < BRIEF && ctx.protection.until > Date.now()) return;
    const [el] = select(field);
    if (keys) ctx.emit("typing", { el, n: keys, ms: Math.round(end - begin) }, begin);
    ctx.emit("field", {
      el,
      form: field.form ? select(field.form)[0] : undefined,
      ms: Math.round(now - since),
      wait: change ? Math.round(change - since) : undefined,
      n: changes,
      refills,
      filled: isFilled(field) ? 1 : 0,
      left,
    }, now);
  };

  const enter = (field: Field, now: number): void => {
    if (field === visit?.field || !isField(field)) return;
    close("blur", now);
    visit = { field, since: now, change: 0, begin: 0, end: 0, changes: 0, keys: 0, refills: 0, emptied: false };
  };

  const changed = (v: Visit, e: InputEvent, now: number): void => {
    v.changes++;
    v.change ||= now;
    if (e.inputType) {
      v.begin ||= now;
      v.end = now;
      v.keys++;
    }
    const filled = isFilled(v.field);
    if (filled && v.emptied) v.refills++;
    v.emptied = !filled;
    // The session lives on, and a batch closes while somebody only types.
    ctx.active();
    ctx.arm();
  };

  const submitted = (form: HTMLFormElement, now: number): void => {
    const fields = [...form.elements] as Field[];
    if (visit && fields.includes(visit.field)) close("submit", now);
    ctx.emit("submit", { el: select(form)[0], n: fields.filter((f) => isField(f) && !untold(f)).length }, now);
  };

  const handle = ([event, path, now]: Later): void => {
    if (seen.has(event)) return;
    seen.add(event);
    // A shadow root keeps to itself where the focus goes inside it, and what is submitted.
    for (const root of path) if ((root as Partial<Node>).nodeType === 11) watch(root);
    const e = path[0] as Field;
    switch (event.type) {
      case "submit":
        return submitted(path[0] as HTMLFormElement, now);
      case "focusout":
        return e === visit?.field ? close("blur", now) : undefined;
      case "input":
        enter(e, now);
        return event.isTrusted && visit?.field === e ? changed(visit, event as InputEvent, now) : undefined;
      default:
        enter(e, now);
    }
  };

  const watch = (root: EventTarget): void => {
    if (seen.has(root)) return;
    seen.add(root);
    listen(ctx.undo, root, "focusin focusout submit", (e) => handle([e, e.composedPath(), clock(), document.hidden]));
  };
  ctx.leave.push(() => close("leave"));
  return handle;
}
