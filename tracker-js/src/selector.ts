/**
 * Names an element by what a snapshot keeps, so that it is found again in a
 * stored picture of the page: tags, safe ids and classes, index among equals.
 * Several parts joined by ` > `; ` >>> ` enters an open shadow root, ` >>>f ` a
 * same-origin frame.
 */

const MAX = 512;
/** States come and go with the pointer; a name must not. */
const STATE = /^(is|has|js)-|active|open|hover|focus|select|visible|hid|show|disabled|current|enter|leave/i;

function safe(name: string): boolean {
  return /^[a-z][\w-]{0,39}$/i.test(name) && !/\d.*\d.*\d/.test(name);
}

function part(e: Element): string {
  const name = [...e.classList].find((c) => safe(c) && !STATE.test(c));
  const equals = [...(e.parentNode?.children ?? [])].filter((s) => s.localName === e.localName);
  return (
    CSS.escape(e.localName) +
    (name ? `.${name}` : "") +
    (equals.length > 1 ? `:nth-of-type(${equals.indexOf(e) + 1})` : "")
  );
}

/** The path inside the element's own root. */
function within(element: Element): string {
  const root = element.getRootNode() as Document | ShadowRoot;
  const parts: string[] = [];
  for (let e: Element | null = element; e; e = e.parentElement) {
    if (safe(e.id) && root.querySelectorAll(`#${e.id}`).length === 1) {
      parts.unshift(`${CSS.escape(e.localName)}#${e.id}`);
      break;
    }
    if (e.localName === "body" || e.localName === "html") {
      parts.unshift(e.localName);
      break;
    }
    parts.unshift(part(e));
  }
  return parts.join(" > ");
}

/** The whole path and the element it names. */
function full(element: Element): [string, Element] {
  const { host } = element.getRootNode() as Partial<ShadowRoot>;
  const own = within(element);
  if (host) {
    // In a shadow root nothing anchors the path: where it is ambiguous the host is named.
    const found = host.shadowRoot?.querySelector(own) === element;
    return found ? [`${full(host)[0]} >>> ${own}`, element] : full(host);
  }
  const frame = element.ownerDocument.defaultView?.frameElement;
  return [frame ? `${full(frame)[0]} >>>f ${own}` : own, element];
}

/** The selector, at most 512 characters, and what it names: the nearest ancestor that can be. */
export function select(element: Element): [string, Element] {
  const named = full(element);
  const up = named[1].parentElement;
  return named[0].length > MAX && up ? select(up) : named;
}
