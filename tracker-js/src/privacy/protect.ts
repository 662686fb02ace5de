/**
 * Protected fields: those that are, or ever were, a password or another secret
 * by the page's own markup. What the tracker knows of their values stays in
 * memory and serves one purpose: to recognise the same text elsewhere (taint).
 *
 * It begins the moment the script runs, whatever the consent: it stores and
 * sends nothing, and a "show password" flip before consent must be known after.
 */
import { after, guard, listen, type Undo, undoAll } from "../guard";
import { eachDocument, meetFrames } from "../observe/frames";
import { bare } from "./bare";

export interface Protection {
  /** Whether this element is protected, now and for its life. */
  has(element: Element): boolean;
  /**
   * Whether a text equals a secret, or contains one of four characters or more, be it written with other spaces, dashes
   * or capitals. With `pieces` every single character is one as long as a protected field of the page is filled: which
   * of them the secret holds is nobody's business either.
   */
  taints(text: string, pieces?: boolean): boolean;
  /** Whether any text may be tainted: most pages have met no secret. */
  met(): boolean;
  /** What else taints a text, while the recorder has reason to be stricter (hold/main.ts). */
  stricter?: (text: string, pieces?: boolean) => boolean;
  /** The protected field that was typed into last, and until when it is taken for being typed into, Unix ms. */
  hot?: Field | undefined;
  until: number;
  /** What was typed into the field last typed into, whatever it shows. */
  typed: string;
  /** Does work into which no script of the page comes: fields are read once for it, and not again for each text. */
  during(work: () => void): void;
  /** What listens for as long as the document lives. */
  lasting: Undo[];
  /** What was typed into protected fields. */
  secrets: Set<string>;
  /** Shadow roots that were attached before our eyes, closed ones too, by their hosts. */
  roots: WeakMap<Node, ShadowRoot>;
  /** Wraps the page's setters; what is known of fields lasts beyond `unwrap`. */
  wrap(): void;
  unwrap(): void;
}

/** Values of `type` and `autocomplete` that make a field a secret. */
const SECRET = /password|one-time-code|cc-(number|csc|exp)/i;
const MARK = "data-hindsight-secret";
/** An element of the page's own making is a field where it says so. */
const FIELDS = "input,textarea,select,[autocomplete],[type=password i]";
/** Values kept: enough for a long one typed key by key, bounded for a page that runs for days. */
const REMEMBERED = 99;
/** How long after the last key a field is taken for being typed into, ms. */
const HOLD = 1e4;

type Field = HTMLInputElement;
type Page = Window & typeof globalThis;

/** A form shows a field of that name in the place of its method. */
function isField(node: unknown): node is Field {
  return !!(node as Partial<Element> | undefined)?.matches?.call && (node as Element).matches(FIELDS);
}

/** Fields of a subtree; of a form that hides its method those of the document. */
function fields(node: Node): Field[] {
  const { querySelectorAll: all } = node as { querySelectorAll?: { call?: unknown } };
  return [node, ...(all ? (all.call ? (node as Element) : document).querySelectorAll(FIELDS) : [])].filter(isField);
}

/** By itself, by what encloses it where it stands and where a slot shows it, or by the element whose shadow or frame it is in. */
function marked(e: Element): unknown {
  let host = undefined as (Element & Partial<HTMLSlotElement>) | null | undefined;
  // Whatever the fields of a form are called, it is left upwards.
  const root = e.getRootNode() as Node & { host?: Element; defaultView?: Window };
  const walker = document.createTreeWalker(root, 1);
  for (let at: Node | null = (walker.currentNode = e); at && !host?.assign; at = walker.parentNode()) host = (at as Element).assignedSlot;
  host ??= root.host ?? root.defaultView?.frameElement;
  return SECRET.test(`${e.getAttribute("type")} ${e.getAttribute("autocomplete")}`) || e.closest(`[${MARK}]`) || (host && marked(host));
}

const decode = guard(decodeURIComponent);

export function protect(): Protection {
  const wrapped: Undo[] = [];
  /** Fields, and roots that are listened to. */
  const known = new WeakSet<Node>();
  const present = new Set<Field>();
  const values = new Set<string>();
  const roots = new WeakMap<Node, ShadowRoot>();
  /** Where a protected field was taken away: which of the fields there it was. */
  const gaps = new WeakMap<Node, boolean[]>();
  /** The field last typed into, and what was heard of it last. */
  let last: Field | undefined;
  let heard: Event | undefined;
  let still = false;
  /** Whether a protected field holds something. */
  let filled: unknown;

  const remember = (value: unknown): void => {
    const text = bare(value);
    if (text) values.add(text);
    const all = [...values];
    // Whatever holds a longer one holds its beginning too.
    if (all[REMEMBERED]) values.delete(all.find((v) => all.some((w) => w !== v && w.length > 3 && v.includes(w))) ?? (all[0] as string));
  };
  const learn = (f: Field): void => [f.value, f.defaultValue, f.isContentEditable && f.textContent].forEach(remember);
  const add = (e: Node): void => {
    known.add(e);
    learn(e as Field);
    if (isField(e)) present.add(e);
    // Nobody outside of a closed shadow root sees what is typed there; a frame may be one that nobody has met.
    attend(e.getRootNode());
    attend(e.ownerDocument as Document);
  };

  /** A field is new or has a new value, which may come from a protected one, or go there. */
  const judge = (node: unknown): void => {
    const f = node as Field;
    const secret = known.has(f);
    if (!secret && !isField(f)) return;
    const { value } = f;
    if (secret || marked(f)) {
      add(f);
      if (last?.value && last.value === value) add(last);
    } else if (values.has(bare(value)) && (value.length > 3 || protection.until > Date.now())) add(f);
  };

  /** Judges the fields of a subtree, which it gives, and finds the shadow roots there. */
  const scan = (node: Node): Element[] => {
    const found = fields(node);
    found.forEach(judge);
    // Half of what a list of all elements costs.
    const walker = document.createTreeWalker(node, 1);
    for (let at: Node | null = node; at; at = walker.nextNode()) {
      const { shadowRoot } = at as Partial<Element>;
      if (shadowRoot) watch(shadowRoot);
    }
    return found;
  };

  /** Judges what has changed since; also called in the middle of a task, before its microtasks. */
  const settle = (records: MutationRecord[] = observer.takeRecords()): void => {
    for (const { target, oldValue, removedNodes } of records) {
      if (SECRET.test(oldValue as string)) add(target);
      for (const node of removedNodes) {
        const lost = fields(node).map((f) => known.has(f));
        if (lost.includes(true)) gaps.set(target, lost);
      }
    }
    for (const { target, type, addedNodes } of records) {
      // `document.open` has taken the listeners away.
      if (target.nodeType === 9) {
        meetFrames(target as Document);
        for (const { again } of [...protection.lasting, ...wrapped]) again?.();
      }
      if (type === "attributes") scan(target);
      for (const node of addedNodes) {
        const found = scan(node);
        const gap = gaps.get(target);
        // What takes a protected field's place is protected like it.
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
      attributeFilter: ["type", "autocomplete", MARK],
    });
    scan(root);
    meetFrames(root);
  };

  /** Takes note of everything up to now. */
  const refresh = (): void => {
    settle();
    let code = "";
    filled = 0;
    for (const f of present) {
      const { value } = f;
      learn(f);
      filled ||= value;
      // A code has a box for each character.
      if (value?.length < 3) code += value;
      if (!f.isConnected) present.delete(f);
    }
    remember(code);
  };
  const has = (element: Element): boolean => {
    if (!still) settle();
    if (
      !known.has(element) &&
      (marked(element) ||
        ((isField(element) || (element as HTMLElement).isContentEditable) &&
          // "circle", "disc", "square": "none" has neither letter, nor has what a browser says that does not know it.
          /[cq]/.test((window.getComputedStyle(element) as unknown as { webkitTextSecurity: string }).webkitTextSecurity)))
    )
      add(element);
    return known.has(element);
  };

  const hook = (page: Page): void => {
    // A field may be a password only while no document holds it, where no observer sees it.
    const input = page.HTMLInputElement.prototype;
    const element = page.Element.prototype;
    after(wrapped, input, "setRangeText defaultValue type value", judge, true);
    after(wrapped, page.HTMLTextAreaElement.prototype, "value", judge, true);
    after(wrapped, element, "setAttribute removeAttribute", (self, [name]) => /^(type|value)$/i.test(name as string) && judge(self), true);
    after(wrapped, element, "attachShadow", (self, _args, root) => {
      roots.set(self as Element, root as ShadowRoot);
      watch(root as ShadowRoot);
    });
  };

  /** Apart from what asks whether there is a secret at all, which is asked of each text. */
  const tainted = (text: string, pieces?: boolean): unknown => {
    // As it stands, as a style or a script writes it, as an address or a form does.
    const forms = [text, text.replace(/\\(.)/g, "$1"), text.replace(/\+/g, "").replace(/(%[\da-f]{2})+/gi, (m) => decode(m) ?? m)].map(bare);
    return (
      // While a secret is typed also as a word of a sentence: a page may tell each key.
      (pieces && ((filled && (forms[0] as string).length === 1) || (protection.until > Date.now() && /(^|\s)\S(\s|$)/.test(text)))) ||
      protection.stricter?.(text, pieces) ||
      [...values].some((v) => forms.some((form) => form === v || (v.length > 3 && form.includes(v))))
    );
  };

  const protection: Protection = {
    until: 0,
    typed: "",
    lasting: [],
    secrets: values,
    roots,
    has,
    during(work) {
      refresh();
      still = true;
      guard(work)();
      still = false;
    },
    met() {
      if (!still) refresh();
      return (values.size || protection.until || protection.stricter) as unknown as boolean;
    },
    taints: (text, pieces) => (protection.met() && tainted(text, pieces)) as boolean,
    wrap: () => wrapped.length || eachDocument(wrapped, (doc) => doc.defaultView && hook(doc.defaultView as Page)),
    unwrap: () => undoAll(wrapped),
  };

  const used = (e: Event): void => {
    const target = e.composedPath()[0] as Field;
    let secret = has(target);
    judge(target);
    // Before the field has it: a page may keep the text from the field, or the event that follows from everybody.
    if (/^b/.test(e.type)) {
      const { data } = e as InputEvent;
      // Each root on its way hears it.
      if (e === heard && target === last) return;
      heard = e;
      // No field that can be seen: it is in a shadow root that was closed before this script came. What is typed there is
      // taken for a secret. What has such a root may well tell the form, the name and the type of its field.
      secret ||= target.defaultValue === undefined && !target.isContentEditable;
      // A page may render the field anew with each key.
      if (last !== target && last?.isConnected) protection.typed = "";
      last = target;
      // The page may take it out of the field at once and keep it elsewhere.
      protection.typed = data ? protection.typed + data : protection.typed.slice(0, -1);
      // What is composed comes anew and whole with each key.
      if (secret) for (const text of [protection.typed, data]) if (text?.[3]) remember(text);
    }
    // What a script types has no rhythm.
    if (!secret || !e.isTrusted || (e.type === "focusin" && !protection.until)) return;
    protection.hot = target;
    protection.until = Date.now() + HOLD;
  };
  /** Once: a page may make another listener of ours whenever it is given. */
  const attend = (root: Node): void => {
    if (known.has(root)) return;
    known.add(root);
    listen(protection.lasting, root, "beforeinput input keydown focusin", used);
  };
  eachDocument(protection.lasting, (doc) => {
    watch(doc);
    attend(doc);
    listen(protection.lasting, doc, "submit", () => (protection.until = 0));
    // "loading": a shadow root that its parser attaches to a host that was met comes unseen.
    if (doc.readyState > "l") doc.addEventListener("DOMContentLoaded", guard(() => scan(doc)));
  });
  return protection;
}
