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
  /** Whether a text equals a secret, or contains one of four characters or more. */
  taints(text: string): boolean;
  /** Wraps the page's setters; what is known of fields lasts beyond `unwrap`. */
  wrap(): void;
  unwrap(): void;
}

const FIELDS = "input,textarea,select";
/** Values of `type` and `autocomplete` that make a field a secret. */
const SECRET = /password|one-time-code|cc-(number|csc|exp)/i;
const MARK = "data-hindsight-secret";
/** Enough for a long field typed key by key, bounded for a page that runs for days. */
const REMEMBERED = 512;

type Field = HTMLInputElement;

function isField(node: unknown): node is Field {
  return /^(input|textarea|select)$/.test(`${(node as Partial<Element> | null)?.localName}`);
}

/** Fields in a subtree, its root included. */
function fields(node: Node): Field[] {
  if (isField(node)) return [node];
  return [...((node as Partial<Element>).querySelectorAll?.<Field>(FIELDS) ?? [])];
}

function marked(element: Element): boolean {
  return (
    SECRET.test(`${(element as Partial<Field>).type} ${element.getAttribute("autocomplete")}`) ||
    !!element.closest(`[${MARK}]`)
  );
}

export function protect(): Protection {
  const wrapped: Undo[] = [];
  const pages: (Window & typeof globalThis)[] = [];
  const known = new WeakSet<Element>();
  const present = new Set<Element>();
  const past = new Set<string>();

  const remember = (value: string | null | undefined): void => {
    if (value) past.add(value);
    if (past.size > REMEMBERED) past.delete([...past][0] as string);
  };
  const values = (e: Element): (string | null | undefined)[] => [(e as Partial<Field>).value, e.getAttribute("value"), e.textContent];
  const add = (e: Element): void => {
    known.add(e);
    present.add(e);
  };
  const scan = (node: Node): void => {
    for (const f of fields(node)) if (known.has(f) || marked(f)) add(f);
  };
  const secrets = (): (string | null | undefined)[] => [...past, ...[...present].flatMap(values)];

  /** Judges what has changed since; also called in the middle of a task, before its microtasks. */
  const settle = (records: MutationRecord[] = observer.takeRecords()): void => {
    const gone = new Map<Node, Field[]>();
    for (const { target, type, oldValue, removedNodes, addedNodes } of records) {
      if (type === "attributes") {
        if (isField(target) && SECRET.test(oldValue ?? "")) add(target);
        scan(target);
      }
      for (const node of removedNodes) {
        const lost = fields(node);
        for (const f of lost)
          if (known.has(f)) {
            gone.set(target, lost);
            values(f).forEach(remember);
            if (!f.isConnected) present.delete(f);
          }
      }
      addedNodes.forEach(scan);
    }
    // What takes a protected field's place is protected like it.
    for (const { target, addedNodes } of gone.size ? records : [])
      for (const node of addedNodes) fields(node).forEach((f, i) => known.has(gone.get(target)?.[i] as Field) && add(f));
  };
  const observer = new MutationObserver(settle);

  const watch = (root: Document | ShadowRoot): void => {
    scan(root);
    for (const e of root.querySelectorAll("*")) if (e.shadowRoot) watch(e.shadowRoot);
    observer.observe(root, {
      subtree: true,
      childList: true,
      attributeOldValue: true,
      attributeFilter: ["type", "autocomplete", MARK],
    });
  };

  /** A field has a new value: remember it, or learn that it came from a protected one. */
  const received = (field: unknown): void => {
    if (!isField(field)) return;
    if (has(field)) remember(field.value);
    else if (field.value.length > 3 && secrets().includes(field.value)) add(field);
  };

  const has = (element: Element): boolean => {
    settle();
    if (known.has(element)) return true;
    let secret = marked(element);
    if (!secret && (isField(element) || (element as HTMLElement).isContentEditable)) {
      const { webkitTextSecurity } = getComputedStyle(element) as { webkitTextSecurity?: string };
      secret = (webkitTextSecurity ?? "none") !== "none";
    }
    if (secret) add(element);
    return secret;
  };

  const wrapPage = (page: Window & typeof globalThis): void => {
    // A field may be a password only while no document holds it, where no observer sees it.
    const input = page.HTMLInputElement.prototype;
    after(wrapped, input, "type", (self, args) => args[0] === "password" && add(self as Element));
    after(wrapped, input, "value", received);
    after(wrapped, page.Element.prototype, "attachShadow", (_self, _args, root) => watch(root as ShadowRoot));
  };
  eachDocument([], (doc) => {
    watch(doc);
    listen([], doc, "input change focusin", (e) => received(e.composedPath()[0]));
    const page = doc.defaultView as (typeof pages)[0] | null;
    if (!page) return;
    pages.push(page);
    if (wrapped.length) wrapPage(page);
  });

  return {
    has,
    taints(text) {
      const trimmed = text.trim();
      return secrets().some((v) => v && (v === trimmed || v === text || (v.length > 3 && text.includes(v))));
    },
    wrap: () => wrapped.length || pages.forEach(wrapPage),
    unwrap: () => undoAll(wrapped),
  };
}
