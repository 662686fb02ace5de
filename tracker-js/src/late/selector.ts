/**
 * Names an element by what a snapshot keeps, so that it is found again in a
 * stored picture of the page: tags, safe ids and classes, index among equals.
 * Several parts joined by ` > `; ` >>> ` enters an open shadow root, ` >>>f ` a
 * same-origin frame.
 */

const MAX = 512;
/** A name with more than two digits is likely another one at the next visit. */
const SAFE = /^(?!(.*\d){3})[a-z][\w-]{0,39}$/i;
/** States come and go with the pointer; a name must not. */
const STATE = /^(is|has|js)-|active|open|hover|focus|select|visible|hid|show|disabled|current|enter|leave/i;

/** What an element without parent lies in: the host of its shadow root, or its frame. */
export function holder(e: Element): Element | null | undefined {
  return (e.getRootNode() as ShadowRoot).host ?? e.ownerDocument.defaultView?.frameElement;
}

/** The selector, at most 512 characters, and what it names: the nearest ancestor that can be named. */
export function select(element: Element): [string, Element] {
  const root = element.getRootNode() as Document | ShadowRoot;
  const host = holder(element);
  let path = "";
  for (let up: Element | null = element; up; ) {
    const { id, localName, classList, parentNode } = up;
    let part = CSS.escape(localName);
    let next: Element | null = null;
    if (SAFE.test(id) && !root.querySelectorAll(`#${id}`)[1]) part += `#${id}`;
    else if (!/^(body|html)$/.test(part)) {
      const name = [...classList].find((c) => SAFE.test(c) && !STATE.test(c));
      const equals: Element[] = [];
      // A form's `children` may be a field of that name.
      for (let e = parentNode?.firstElementChild; e; e = e.nextElementSibling) if (e.localName === localName) equals.push(e);
      if (name) part += `.${name}`;
      if (equals[1]) part += `:nth-of-type(${equals.indexOf(up) + 1})`;
      next = up.parentElement;
    }
    path = path ? `${part} > ${path}` : part;
    up = next;
  }
  if (host) {
    const outer = select(host);
    // Nothing anchors a path in a shadow root: where it is ambiguous, its host is named.
    if (outer[1] !== host || root.querySelector(path) !== element) return outer;
    path = `${outer[0]} >>>${root.nodeType > 9 ? "" : "f"} ${path}`;
  }
  const up = element.parentElement ?? host;
  return path.length > MAX && up ? select(up) : [path, element];
}
