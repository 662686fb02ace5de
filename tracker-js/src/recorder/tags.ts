/** What an element's tag says of it: found out once for each tag, since a page has thousands of elements and few tags. */

export interface Tag {
  /** As it is told. */
  named: string;
  /** What it is, of what follows. */
  kinds: number;
}

/** What lies in it is not drawn, or belongs to the element itself; the player takes any child of a frame for its document. */
export const OPAQUE = 1;
export const SCRIPT = 2;
/** May have a style sheet. */
export const STYLED = 4;
export const FIELD = 8;
export const OPTION = 16;
export const MEDIA = 32;
/** An element of filters or animations. */
export const DRAWING = 64;
export const FRAME = 128;
/** A dialog; of one element also what is a popover. */
export const LAYER = 256;
export const CUSTOM = 512;
/** Written small: of a drawing, or in a document that is XML. */
export const SMALL = 1024;

/** By name: the browser compiles a pattern when it is first used, and a page begins while it loads. Quoted, since the build shortens names of our own. */
const KINDS: Record<string, number> = {
  "script": OPAQUE | SCRIPT, "noscript": OPAQUE | SCRIPT, "template": OPAQUE, "textarea": OPAQUE | FIELD, "style": OPAQUE | STYLED, "iframe": OPAQUE | FRAME,
  "link": STYLED, "input": FIELD, "select": FIELD, "selectedcontent": OPAQUE, "option": OPTION, "audio": MEDIA, "video": MEDIA, "dialog": LAYER,
};
const NAME = /^(?![bcs]:)[a-z][\w.:-]*$/;

const known = new Map<unknown, Tag>();

/** A form may hold a field of that name: then it is no text. */
export function tagOf({ tagName }: Element): Tag {
  let tag = known.get(tagName);
  if (!tag) {
    const name = `${tagName}`.replace(/^[a-z]+:/, "");
    const small = name.toLowerCase();
    // A name that only a parser accepts would end the whole replay.
    tag = { named: NAME.test(small) ? small : "div", kinds: (KINDS[small] as number) | (+/^(fe[A-Z]|anim|set$)/.test(name) && DRAWING) | (+/-/.test(name) && CUSTOM) | (+/[a-z]/.test(name) && SMALL) };
    known.set(tagName, tag);
  }
  return tag;
}

export function isField(node: Node): node is HTMLInputElement {
  return !!(tagOf(node as Element).kinds & FIELD);
}

/** Fields, and the options of selects: they hold a state beside their attributes. What it is, is told by the part `inputs`. */
export function isHolder(node: Node): node is HTMLInputElement & HTMLOptionElement & Pick<HTMLSelectElement, "options" | "selectedIndex"> {
  return !!(tagOf(node as Element).kinds & (FIELD | OPTION));
}
