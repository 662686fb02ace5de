/**
 * Names an element by what a snapshot keeps, so that it is found again in a
 * stored picture of the page: tags, safe ids and classes, index among equals.
 * Several parts joined by ` > `; ` >>> ` enters an open shadow root, ` >>>f ` a
 * same-origin frame.
 */

type Root = Document | ShadowRoot;

const MAX = 512;
/** A name with more than two digits is likely another one at the next visit. */
const SAFE = /^(?!(.*\d){3})[a-z][\w-]{0,39}$/i;
/** States come and go with the pointer; a name must not. */
const STATE = /^(is|has|js)-|active|open|hover|focus|select|visible|hid|show|disabled|current|enter|leave/i;

/** The path inside the element's own root. */
function within(e: Element, root: Root): string {
  const tag = CSS.escape(e.localName);
  if (SAFE.test(e.id) && root.querySelectorAll(`#${e.id}`).length < 2) return `${tag}#${e.id}`;
  if (/^(body|html)$/.test(tag)) return tag;
  const name = [...e.classList].find((c) => SAFE.test(c) && !STATE.test(c));
  let equals = 0;
  let index = 0;
  // One walk without a copy: there may be thousands.
  for (const s of e.parentNode?.children ?? [])
    if (s.localName === e.localName) {
      equals++;
      if (s === e) index = equals;
    }
  const up = e.parentElement;
  return (up ? `${within(up, root)} > ` : "") + tag + (name ? `.${name}` : "") + (equals > 1 ? `:nth-of-type(${index})` : "");
}

/** What an element without parent lies in: the host of its shadow root, or its frame. */
export function holder(e: Element): Element | null | undefined {
  return (e.getRootNode() as ShadowRoot).host ?? e.ownerDocument.defaultView?.frameElement;
}

/** The selector, at most 512 characters, and what it names: the nearest ancestor that can be named. */
export function select(element: Element): [string, Element] {
  const root = element.getRootNode() as Root;
  let path = within(element, root);
  const host = holder(element);
  if (host) {
    const outer = select(host);
    // Nothing anchors a path in a shadow root: where it is ambiguous, its host is named.
    if (outer[1] !== host || root.querySelector(path) !== element) return outer;
    path = `${outer[0]} >>>${root.nodeType > 9 ? "" : "f"} ${path}`;
  }
  const up = element.parentElement ?? host;
  return path.length > MAX && up ? select(up) : [path, element];
}
