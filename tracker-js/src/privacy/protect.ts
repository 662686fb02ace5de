/**
 * Protected fields: those that are, or ever were, a password or another secret
 * by the page's own markup. What the tracker knows of their values stays in
 * memory and serves one purpose: to recognise the same text elsewhere (taint).
 *
 * It begins the moment the script runs, whatever the consent: it stores and
 * sends nothing, and a "show password" flip before consent must be known after.
 */
import { after, listen, type Undo, undoAll } from "../guard";
import { eachDocument } from "../observe/frames";

export interface Protection {
  /** Whether this element is protected, now and for its life. */
  has(element: Element): boolean;
  /**
   * Whether a text equals a secret, or contains one of four characters or more. In the task in which `holding` lets go
   * also whether it contains what was typed, of any length, or is a piece of it.
   */
  taints(text: string): boolean;
  /**
   * Whether a protected field is being typed into: from the first key until it loses the focus, its form is sent or the
   * page is left, at most 10 s after the last key. Changes of the page must wait meanwhile and be told in one piece, or
   * they tell number and time of the keys. To be asked in the task that tells them.
   */
  holding(): boolean;
  /** Wraps the page's setters; what is known of fields lasts beyond `unwrap`. */
  wrap(): void;
  unwrap(): void;
}

/** Values of `type` and `autocomplete` that make a field a secret. */
const SECRET = /password|one-time-code|cc-(number|csc|exp)/i;
const MARK = "[data-hindsight-secret]";
/** An element of the page's own making is a field where it says so. */
const FIELDS = "input,textarea,select,[autocomplete],[type=password i]";
/** Values kept, and beginnings of them: bounded for a page that runs for days. */
const REMEMBERED = 256;
/** How long after the last key changes are held back, ms. */
const HOLD = 1e4;

type Field = HTMLInputElement;

function isField(node: unknown): node is Field {
  return !!(node as Partial<Element> | null)?.matches?.(FIELDS);
}

/** Fields in a subtree, its root included. */
function fields(node: Node): Field[] {
  return [node, ...((node as Partial<Element>).querySelectorAll?.(FIELDS) ?? [])].filter(isField);
}

/** By itself, by what encloses it, or by the element whose shadow it is in. */
function marked(e: Element): boolean {
  const { host } = e.getRootNode() as Partial<ShadowRoot>;
  return SECRET.test(`${e.getAttribute("type")} ${e.getAttribute("autocomplete")}`) || !!e.closest(MARK) || (!!host && marked(host));
}

export function protect(): Protection {
  const wrapped: Undo[] = [];
  const known = new WeakSet<Node>();
  const present = new Set<Field>();
  const values = new Set<string>();
  /** The shortest beginnings of values that taint what contains them. */
  const parts: string[] = [];
  /** Where a protected field was taken away: which of the fields there it was. */
  const gaps = new WeakMap<Node, boolean[]>();
  /** The field last typed into, and the protected one that holds the page's changes back, until when (Unix ms). */
  let last: Field | undefined;
  let hot: Field | undefined;
  let until = 0;
  /** What was typed into it, while the changes are told. */
  let strict = "";

  const remember = (value: unknown): void => {
    if (!value || typeof value !== "string") return;
    values.add(value);
    if (values.size > REMEMBERED) values.delete(values.values().next().value as string);
    if (value.length > 3 && !parts.some((p) => value.includes(p))) parts.push(value);
    if (parts.length > REMEMBERED) parts.shift();
  };
  const learn = (f: Field): void => [f.value, f.defaultValue, f.isContentEditable && f.textContent].forEach(remember);
  const add = (e: Node): void => {
    known.add(e);
    if (isField(e)) {
      learn(e);
      present.add(e);
    }
  };

  /** A field is new or has a new value, which may come from a protected one, or go there. */
  const judge = (f: unknown): void => {
    if (!isField(f) && !known.has(f as Node)) return;
    const { value } = f as Field;
    if (known.has(f as Node) || marked(f as Field)) {
      add(f as Field);
      learn(f as Field);
      if (value && last?.value === value) add(last);
    } else if (values.has(value) && (value.length > 3 || until > Date.now())) add(f as Field);
  };

  const scan = (node: Node): void => {
    fields(node).forEach(judge);
    for (const e of [node, ...((node as Partial<Element>).querySelectorAll?.("*") ?? [])] as Partial<Element>[])
      if (e.shadowRoot) watch(e.shadowRoot);
  };

  /** Judges what has changed since; also called in the middle of a task, before its microtasks. */
  const settle = (records: MutationRecord[] = observer.takeRecords()): void => {
    for (const { target, oldValue, removedNodes } of records) {
      if (SECRET.test(oldValue ?? "")) add(target);
      for (const node of removedNodes) {
        const lost = fields(node);
        lost.filter((f) => known.has(f)).forEach(learn);
        if (lost.some((f) => known.has(f))) gaps.set(target, lost.map((f) => known.has(f)));
      }
    }
    for (const { target, type, addedNodes } of records) {
      if (type === "attributes") scan(target);
      for (const node of addedNodes) {
        scan(node);
        // What takes a protected field's place is protected like it.
        const found = fields(node);
        const gap = gaps.get(target);
        if (gap?.length === found.length) found.forEach((f, i) => gap[i] && add(f));
      }
    }
  };
  const observer = new MutationObserver(settle);

  const watch = (root: Document | ShadowRoot): void => {
    observer.observe(root, {
      subtree: true,
      childList: true,
      attributeOldValue: true,
      attributeFilter: ["type", "autocomplete", MARK.slice(1, -1)],
    });
    scan(root);
  };

  const has = (element: Element): boolean => {
    settle();
    if (!known.has(element)) {
      let secret = marked(element);
      if (!secret && (isField(element) || (element as HTMLElement).isContentEditable)) {
        const { webkitTextSecurity = "none" } = getComputedStyle(element) as { webkitTextSecurity?: string };
        secret = webkitTextSecurity !== "none";
      }
      if (secret) add(element);
    }
    return known.has(element);
  };

  const hook = (page: Window & typeof globalThis): void => {
    // A field may be a password only while no document holds it, where no observer sees it.
    const input = page.HTMLInputElement.prototype;
    const element = page.Element.prototype;
    after(wrapped, input, "type", judge, true);
    after(wrapped, input, "value", judge, true);
    after(wrapped, element, "setAttribute", (self, [name]) => /^(type|value)$/i.test(name as string) && judge(self), true);
    after(wrapped, element, "attachShadow", (_self, _args, root) => watch(root as ShadowRoot));
  };

  const release = (): void => void (until = 0);
  eachDocument([], (doc) => {
    watch(doc);
    listen([], doc, "input keydown focusin", (e) => {
      const target = e.composedPath()[0] as Field;
      const secret = has(target);
      judge(target);
      if (e.type === "input") last = target;
      if (!secret || (e.type === "focusin" && !until)) return;
      hot = target;
      until = Date.now() + HOLD;
    });
    listen([], doc.defaultView ?? doc, "submit pagehide visibilitychange", release);
  });

  return {
    has,
    taints(text) {
      settle();
      for (const f of present) {
        learn(f);
        if (!f.isConnected) present.delete(f);
      }
      const trimmed = text.trim();
      return (
        values.has(text) ||
        values.has(trimmed) ||
        parts.some((p) => text.includes(p)) ||
        (!!strict && !!trimmed && (text.includes(strict) || strict.includes(trimmed)))
      );
    },
    holding() {
      if (!hot) return false;
      if (until > Date.now() && hot.matches(":focus")) return true;
      strict = hot.value;
      hot = undefined;
      until = 0;
      setTimeout(() => (strict = ""));
      return false;
    },
    wrap: () => wrapped.length || eachDocument(wrapped, (doc) => doc.defaultView && hook(doc.defaultView as Window & typeof globalThis)),
    unwrap: () => undoAll(wrapped),
  };
}
