/** Kinds of a branch of a told tree that is no element (docs/wire-protocol.md, section 5). */
export const DOCUMENT = 0;
export const DOCTYPE = 1;
export const SHADOW = 2;
