/**
 * Gathers what the observer reports into sets, then looks at the page once and tells how it differs from what was
 * told: a node moved twice is moved once, a class toggled and back is nothing.
 */
import type { Attributes } from "./attributes";
import type { Privacy } from "./contract";
import type { Mirror } from "./mirror";
import { decides, type Flags, flagsOf, flagsOfDocument, inSlot, IS_HOST, UNTOLD } from "./policy";
import type { Styles } from "./styles/index";
import { CUSTOM, FIELD, isField, LAYER, OPAQUE, STYLED, tagOf } from "./tags";
import type { Walk } from "./walk";
import { isOpaque, isState, type Serializer } from "./serialize";

export interface Changes {
  gather(records: MutationRecord[]): void;
  /** The element and all below it are told anew. */
  again(element: Element): void;
  /** A shadow root was attached. */
  shadow(host: Element): void;
  /** Slots show these nodes from now on: what was told before a mark stood around its slot is told anew. */
  slotted(nodes: Iterable<Node>): void;
  /** Tells the attribute, whatever it was. */
  attribute(element: Element, name: string): void;
  any(): boolean;
  /** What has to go, written short; afterwards moved nodes have no id. */
  removals(): number[];
  /** Nodes that came, wherever their parents are told. */
  arrivals(): [first: Node, parent: Node, flags: Flags][];
  /**
   * Texts and attributes that are seen to differ, written short, of nodes whose id is not above `last`; forgets
   * everything. What was held back is judged more strictly than when it was told: then a text that changed is told, seen
   * or not.
   */
  differences(last: number, held?: boolean): [texts: (number | string)[], attributes: (number | Attributes)[]];
  /** Flags that hold for what lies in the node, or UNTOLD; while one flush runs. */
  flags(node: Node | null): Flags;
  /** The same at any other time. */
  look(node: Node): Flags;
}

/** What is needed to judge changes, and who hears of some of them. */
export interface Watch {
  host: Privacy;
  mirror: Mirror;
  serializer: Serializer;
  walk: Walk;
  styles: Styles;
  /** A document's own children were replaced. */
  rewritten(doc: Document): void;
  /** A field's or an option's attribute changed: its state may have. */
  field(element: Element): void;
  /** An attribute changed that may belong to sound or film. */
  film(element: Element): void;
  /** An attribute changed that may open a dialog, or make a popover. */
  layer(element: Element): void;
  raised?(element: Element): string;
  /** A shadow root was told. */
  enter(root: ShadowRoot): void;
}

export function createChanges(r: Watch): Changes {
  const { host, mirror, serializer } = r;
  const removed = new Map<Node, Node>();
  const added = new Set<Node>();
  const texts = new Map<Text, string>();
  const changed = new Map<Element, Map<string, string | null | undefined>>();
  const hosts = new Set<Element>();
  const all = [removed, added, texts, changed, hosts];
  let memo = new Map<Node, Flags>();
  const judged = new WeakSet<Node>();

  const of = (element: Element): Map<string, string | null | undefined> => {
    const names = changed.get(element) ?? new Map<string, string | null | undefined>();
    changed.set(element, names);
    return names;
  };

  const one = (record: MutationRecord): void => {
    const { type, oldValue } = record;
    // What a style sheet or a text area holds is told as an attribute of it.
    const parent = record.target.parentNode as HTMLElement | null;
    const target = parent && /^(style|textarea)$/.test(parent.localName) ? parent : record.target;
    if (!mirror.id(target)) return;
    const { kinds } = tagOf(target as Element);
    if (kinds & STYLED) r.styles.touch(target as Element, record.attributeName);
    if (type === "attributes") {
      const names = of(target as Element);
      const attribute = (record.attributeNamespace?.endsWith("xlink") ? "xlink:" : "") + String(record.attributeName);
      if (!names.has(attribute)) names.set(attribute, oldValue);
    } else if (kinds & OPAQUE) {
      if (kinds & FIELD) r.field(target as Element);
    } else if (type === "characterData") {
      if (!texts.has(target as Text)) texts.set(target as Text, oldValue ?? "");
    } else if (target.nodeType === 9) r.rewritten(target as Document);
    else {
      for (const node of record.removedNodes) {
        r.walk.left(node);
        if (mirror.under(node, target) && !removed.has(node)) removed.set(node, target);
      }
      for (const node of record.addedNodes) added.add(node);
    }
  };

  const flags = (node: Node | null | undefined): Flags => {
    if (!node) return UNTOLD;
    let known = memo.get(node);
    if (known !== undefined) return known;
    known = UNTOLD;
    if (node.nodeType === 9) {
      const frame = node === document ? null : (node as Document).defaultView?.frameElement;
      const above = node === document ? 0 : flags(frame);
      if (above !== UNTOLD && mirror.under(node, frame)) known = flagsOfDocument(node as Document, above);
    } else if (node.nodeType === 11) {
      // What was told before its host or its frame was blocked has an id of that time.
      const { host } = node as ShadowRoot;
      if (mirror.id(node) === mirror.id(host)) known = flags(host);
    } else if (node.parentNode && mirror.under(node, node.parentNode)) {
      const above = flags(node.parentNode);
      if (above !== UNTOLD) known = flagsOf(node as Element, (node as Element).getAttributeNames(), above, host, tagOf(node as Element).kinds & CUSTOM);
    }
    memo.set(node, known);
    return known;
  };

  const again = (element: Element): void => {
    const parent = element.parentNode;
    if (!parent || !mirror.under(element, parent)) return;
    if (!removed.has(element)) removed.set(element, parent);
    added.add(element);
  };

  const slotted: Changes["slotted"] = (nodes) => {
    for (const node of nodes)
      if (!judged.has(node) && inSlot(node as Element, IS_HOST)) {
        judged.add(node);
        again(node as Element);
      }
  };

  return {
    flags,
    again,
    slotted,
    look(node) {
      memo = new Map();
      return flags(node);
    },
    gather: (records) => records.forEach(one),
    attribute: (element, name) => void of(element).set(name, undefined),
    shadow: (host) => void hosts.add(host),
    any: () => all.some(({ size }) => size),
    removals() {
      memo = new Map();
      for (const [element, names] of changed)
        for (const [name, old] of names)
          if (
            decides(name, old) ||
            decides(name, element.getAttribute(name)) ||
            // The player takes no modal dialog down again.
            (name === "open" && tagOf(element).kinds & LAYER && old !== null)
          ) {
            again(element);
            for (const slot of [element, ...element.querySelectorAll("slot")]) slotted((slot as Partial<HTMLSlotElement>).assignedNodes?.({ flatten: true }) ?? []);
          }
      // The player attaches a late root with its first child.
      for (const host of hosts)
        if (host.shadowRoot?.firstChild) slotted(host.childNodes);
        else if (host.shadowRoot) again(host);
      const gone: number[] = [];
      for (const [node, parent] of removed) gone.push(mirror.id(parent), mirror.id(node) * (parent.nodeType === 11 ? -1 : 1));
      for (const node of removed.keys()) mirror.drop(node);
      for (const node of added) mirror.drop(node);
      return gone;
    },
    arrivals() {
      const found: [Node, Node, Flags][] = [];
      for (const host of hosts) {
        const root = host.shadowRoot;
        const inner = flags(host);
        if (!root?.firstChild || inner === UNTOLD || isOpaque(host, inner)) continue;
        mirror.share(root);
        r.enter(root);
        found.push([root.firstChild, root, inner]);
      }
      for (const node of added) {
        const parent = node.parentNode;
        const above = flags(parent);
        if (parent && above !== UNTOLD && !isOpaque(parent, above)) found.push([node, parent, above]);
      }
      return found;
    },
    differences(last, held) {
      const out: ReturnType<Changes["differences"]> = [[], []];
      const old = (node: Node): boolean => mirror.id(node) > 0 && mirror.id(node) <= last;
      for (const [text, was] of texts) {
        const parent = text.parentNode;
        if (!parent || !old(text) || text.data === was) continue;
        const above = flags(parent);
        if (above === UNTOLD || isOpaque(parent, above)) continue;
        const value = serializer.text(text, above);
        if (held || value !== serializer.text(text, above, was)) out[0].push(mirror.id(text), value);
      }
      for (const [element, names] of changed) {
        const above = old(element) ? flags(element) : UNTOLD;
        if (above === UNTOLD) continue;
        const attributes: Attributes = {};
        for (const [name, was] of names) {
          // What is shown as a popover has a style even without the attribute.
          const now = element.getAttribute(name) ?? (name === "style" && r.raised?.(element) ? "" : null);
          if (now === was) continue;
          const state = isState(element, name);
          if (state || (name === "type" && isField(element))) r.field(element);
          if (state) continue;
          if (name === "loop") r.film(element);
          const judge = (value: string | null | undefined): Attributes[string] | undefined =>
            typeof value === "string" ? serializer.attribute(element, name, value, above) : undefined;
          const value = judge(now);
          // The old value, if it was told, must not stay.
          if (was === undefined || value !== judge(was)) attributes[name] = value ?? null;
          if (/^(open|popover)$/.test(name)) r.layer(element);
        }
        if (Object.keys(attributes).length) out[1].push(mirror.id(element), attributes);
      }
      for (const each of all) each.clear();
      return out;
    },
  };
}
