/**
 * Names an element by what a snapshot keeps, so that it is found again in a
 * stored picture of the page: tags, safe ids and classes, index among equals.
 * Several parts joined by ` > `; ` >>> ` enters an open shadow root, ` >>>f ` a
 * same-origin frame.
 */

import { raw } from "../raw";

const MAX = 512;
/** A name with more than two digits is likely another one at the next visit. */
const SAFE = /^(?!(.*\d){3})[a-z][\w-]{0,39}$/i;
/** States come and go with the pointer; a name must not. */
const STATE = /^(is|has|js)-|active|open|hover|focus|select|visible|hid|show|disabled|current|enter|leave/i;

/**
 * What an element without parent lies in: the host of its shadow root, or its frame. A frame with a tracker of its own is
 * a page of its own: there nothing lies in what is around it.
 */
export function holder(e: Element): Element | null | undefined {
  const doc = raw(e, "ownerDocument");
  return (raw(e, "getRootNode").call(e) as ShadowRoot).host ?? (doc === document ? null : doc.defaultView?.frameElement);
}

/** What stands in a selector; old browsers have no `CSS`. */
export function escape(text: string): string {
  return (window.CSS as typeof CSS | undefined)?.escape?.(text) ?? text.replace(/[^\w\u0080-\uffff-]/g, "\\$&");
}

/** The selector, at most 512 characters, and what it names: the nearest ancestor that can be named. */
export function select(element: Element): [string, Element] {
  const root = raw(element, "getRootNode").call(element) as Document | ShadowRoot;
  const host = holder(element);
  let path = "";
  for (let up: Element | null = element; up; ) {
    const [id, localName, classList, parentNode] = (["id", "localName", "classList", "parentNode"] as const).map((n) => raw(up as Element, n)) as
      [string, string, DOMTokenList, ParentNode | null];
    let part = escape(localName);
    let next: Element | null = null;
    if (SAFE.test(id) && !root.querySelectorAll(`#${id}`)[1]) part += `#${id}`;
    else if (!/^(body|html)$/.test(part)) {
      const name = [...classList].find((c) => SAFE.test(c) && !STATE.test(c));
      const equals: Element[] = [];
      // Forms have no other parent than an element; documents and shadow roots have these members of their own.
      let e = parentNode && (parentNode.nodeType === 9 || parentNode.nodeType === 11 ? parentNode.firstElementChild : raw(parentNode, "firstElementChild"));
      for (; e; e = raw(e, "nextElementSibling")) if (raw(e, "localName") === localName) equals.push(e);
      if (name) part += `.${name}`;
      if (equals[1]) part += `:nth-of-type(${equals.indexOf(up) + 1})`;
      next = raw(up, "parentElement");
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
  const up = raw(element, "parentElement") ?? host;
  return path.length > MAX && up ? select(up) : [path, element];
}
