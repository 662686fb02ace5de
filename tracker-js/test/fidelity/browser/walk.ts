/**
 * A document as a tree of plain values, in the live page and in its replay
 * alike: what a visitor would see of it, and the structure that makes it.
 */

/** One element, text, shadow root or document. */
export interface Seen {
  /** Element name, `#text`, `#shadow` or `#document`. */
  name: string;
  /** What is compared, by kind: `@class`, `css:color`, `width`, `value`, `text`. */
  facts: Record<string, string>;
  inner: Seen[];
}

/** The browser's own getters, by node type: to look at a page is not what a script of the page does. */
const LISTS = new Map([[9, Document], [11, ShadowRoot]].map(([type, owner]) =>
  [type as number, Object.getOwnPropertyDescriptor((owner as typeof Document).prototype, "adoptedStyleSheets")?.get as (() => CSSStyleSheet[]) | undefined]));

/** Computed styles that show whether style sheets and classes arrived. */
const STYLES = [
  "color", "background-color", "display", "font-size", "font-weight", "position", "visibility",
  "opacity", "border-top-width", "text-align", "direction", "fill", "transform",
];
/** Nothing of them is drawn, or the recording leaves them out on purpose. */
const UNSEEN = /^(script|noscript|meta|title|base|template)$/;
/** Attributes that lay out or style; of the others only what a computed style shows of them. */
const KEPT = /^(id|dir|lang|role|hidden|slot|is|inert|width|height|colspan|rowspan|span|align|valign|bgcolor|border|cellpadding|cellspacing|size|cols|rows|wrap|type|disabled|readonly|required|min|max|step|start|reversed|media|for|controls|contenteditable|open|popover|d|cx|cy|r|rx|ry|x|y|x1|x2|y1|y2|points|viewbox|transform|fill|stroke|stroke-width|offset|stop-color|text-anchor|preserveaspectratio|clip-path|gradienttransform|href|xlink:href|src|poster)$/i;

/** Regions that masked pages keep from the recording, by classes that other tools use. */
const MASKED = ".rr-mask";
const BLOCKED = ".rr-block";
const MASK = "•••";

const round = (n: number): string => String(Math.round(n));

/**
 * `masked`: both sides are seen as masking leaves them (texts of masked regions and fields as the mask, no sizes, since
 * these follow from texts), so that what remains must be equal.
 */
export function walk(doc: Document, masked: boolean, live: boolean): Seen {
  /** A mark holds for what lies in shadow roots and frames as well. */
  const hidden = (e: Element | null | undefined): boolean => {
    if (!masked || !e) return false;
    const root = e.getRootNode();
    return !!e.closest(MASKED) || hidden((root as Partial<ShadowRoot>).host ?? (root as Partial<Document>).defaultView?.frameElement);
  };
  const address = (value: string, doc: Document): string => {
    if (/^(#|data:)/.test(value)) return value;
    try {
      const u = new URL(value, doc.baseURI === "about:blank" ? location.href : doc.baseURI);
      return u.origin + u.pathname;
    } catch {
      return value;
    }
  };

  /** Whether a field of the live page is masked: a document unmasks its own fields and none of its frames. */
  const closed = (e: Element): boolean => {
    for (let at: Element | null = e; live && at; at = (at.getRootNode() as Partial<ShadowRoot>).host ?? null)
      if (at.closest("[data-hindsight-unmask]")) return false;
    return live;
  };
  /** Whether its text is masked as a field's is: who wrote it is not known. */
  const guarded = (e: Element | null | undefined): boolean => !!(e as Partial<HTMLElement> | null)?.isContentEditable && closed(e as Element);
  /** Documents of which a masked text decides what is how large. */
  const unsized = new Map<Document, boolean>();
  const sized = (d: Document): boolean => {
    if (!unsized.has(d)) unsized.set(d, Array.from(d.querySelectorAll("[contenteditable]")).some(guarded));
    return !unsized.get(d);
  };
  const told = (field: HTMLInputElement): string => {
    if (!closed(field)) return field.value;
    if (field.localName === "select") return field.multiple ? "" : ((field as unknown as HTMLSelectElement).options[0]?.value ?? "");
    return field.value && MASK;
  };

  const chosen = (select: HTMLSelectElement): string =>
    Array.from((select as Partial<HTMLSelectElement>).options ?? [], (o, i) => Number(closed(select) ? !select.multiple && i === 0 : o.selected)).join("");

  /** Whether it has sizes: a frame that is not shown keeps those of the time when it was. */
  const drawn = (d: Document): boolean => {
    const frame = d.defaultView?.frameElement;
    return d === doc || !frame || (frame.getBoundingClientRect().width > 0 && drawn(frame.ownerDocument));
  };

  const facts = (e: Element): Record<string, string> => {
    const f: Record<string, string> = { ns: (e.namespaceURI ?? "").split("/").pop() ?? "" };
    // A box stands for it.
    if (masked && e.matches(BLOCKED)) return f;
    const doc = e.ownerDocument;
    const frame = e.localName === "iframe";
    for (const { name, value } of Array.from(e.attributes))
      if (KEPT.test(name) && !(frame && name === "src") && !(e.localName === "link"))
        f[`@${name.toLowerCase()}`] = /href|src|poster/.test(name) ? address(value, doc) : value;
    // The Replayer's own mark of what the pointer is over, and of its pause.
    const classes = Array.from(e.classList).filter((c) => c !== ":hover" && c !== "rrweb-paused");
    if (classes.length) f["@class"] = classes.join(" ");
    const view = doc.defaultView;
    if (view) {
      const style = view.getComputedStyle(e);
      if (drawn(doc)) for (const s of STYLES) f[`css:${s}`] = style.getPropertyValue(s);
      const box = e.getBoundingClientRect();
      if (!sized(doc)) f.unsized = "here";
      else if (!masked && drawn(doc)) {
        f.width = round(box.width);
        f.height = round(box.height);
      }
    }
    // An open popover is shown by a style of the recording's own: the Replayer opens none.
    // Sorted: a parser puts what is important behind everything else, a script leaves it where it was.
    const own = (e as HTMLElement).style as CSSStyleDeclaration | undefined;
    if (e.hasAttribute("style") && !e.hasAttribute("popover"))
      f["@style"] = Array.from(own ?? [], (p) => `${p}:${own?.getPropertyValue(p)} ${own?.getPropertyPriority(p)}`).sort().join(";");
    if (e.scrollTop || e.scrollLeft) f.scroll = `${round(e.scrollLeft)},${round(e.scrollTop)}`;
    const field = e as HTMLInputElement;
    // Not those of that name in a drawing.
    if (/^(input|textarea|select)$/.test(e.localName) && "value" in e && !/^(hidden|file|password)$/.test(field.type)) {
      const box = /^(checkbox|radio)$/.test(field.type);
      if (!masked) f.value = box ? String(field.checked) : told(field);
      else if (!box && e.localName !== "select") f.value = field.value && MASK;
    }
    if (e.localName === "select" && !masked) f.chosen = chosen(e as HTMLSelectElement);
    if (e.localName === "dialog") f.modal = String(e.matches(":modal"));
    if (/^(audio|video)$/.test(e.localName)) {
      const m = e as HTMLMediaElement;
      f.media = `${m.muted} ${m.loop} ${m.volume.toFixed(2)} ${m.playbackRate}`;
    }
    return f;
  };

  /** How many; imported sheets stand in a recording in the place of their import. */
  const rules = (sheet: CSSStyleSheet | null): string => {
    try {
      const list = Array.from(sheet?.cssRules ?? []);
      const imported = list.map((r) => (r as Partial<CSSImportRule>).styleSheet?.cssRules.length ?? 1);
      return String(imported.reduce((a, b) => a + b, 0));
    } catch {
      return "unreadable";
    }
  };
  /** A recording may divide one sheet into several. */
  const sheets = (root: Document | ShadowRoot): string =>
    String(Array.from(LISTS.get(root.nodeType)?.call(root) ?? [], rules).map(Number).reduce((a, b) => a + b, 0));

  const below = (parent: Node): Seen[] => {
    const out: Seen[] = [];
    for (const node of Array.from(parent.childNodes)) {
      if (node.nodeType === 3) {
        const { data } = node as Text;
        // Directly in a shadow root a text has no element above it.
        const above = node.parentElement ?? (parent as Partial<ShadowRoot>).host;
        const text = (hidden(above) || guarded(above)) && data.trim() ? MASK : data;
        const last = out[out.length - 1];
        // Neighbouring texts are one to the reader, whatever stood between them.
        if (last?.name === "#text") last.facts.text += text;
        else if (text) out.push({ name: "#text", facts: { text }, inner: [] });
      } else if (node.nodeType === 1) {
        const seen = element(node as Element);
        if (seen) out.push(seen);
      } else if (node.nodeType === 10) out.push({ name: "#doctype", facts: { text: (node as DocumentType).name }, inner: [] });
    }
    return out;
  };

  const element = (e: Element): Seen | undefined => {
    let name = e.localName;
    if (UNSEEN.test(name)) return;
    if (name === "link") {
      if (!/stylesheet/.test((e as HTMLLinkElement).rel)) return;
      name = "style";
    }
    if (name === "style") {
      // The Replayer puts a sheet of its own before the head.
      if (e.nextElementSibling?.localName === "head" && e.parentElement?.localName === "html") return;
      return { name, facts: { rules: rules((e as HTMLStyleElement).sheet) }, inner: [] };
    }
    const seen: Seen = { name, facts: facts(e), inner: [] };
    if (name === "textarea" || (masked && e.matches(BLOCKED))) return seen;
    if (e.shadowRoot) seen.inner.push({ name: "#shadow", facts: { sheets: sheets(e.shadowRoot) }, inner: below(e.shadowRoot) });
    const within = (e as HTMLIFrameElement).contentDocument;
    if (within) seen.inner.push(whole(within));
    // What a browser without frames would show is not there.
    if (name !== "iframe") seen.inner.push(...below(e));
    return seen;
  };

  const whole = (d: Document): Seen => ({
    name: "#document",
    facts: { sheets: sheets(d), mode: d.compatMode },
    inner: below(d),
  });
  return whole(doc);
}
