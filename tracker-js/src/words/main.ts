/** What may be told of styles that hold a secret. Fetched with the first of them; until then nothing is told of such. */
import type { Styled } from "../recorder/attributes";
import type { Lazy } from "../recorder/lazy";
import { NOTHING } from "../recorder/styles/text";
import { cleaned } from "./clean";
import { ofLanguage } from "./language";

/** Takes what has such a style, to tell it again. */
export const start: Lazy<[it: Styled]>["start"] = (r) => {
  const { taints } = r.host.protection;
  r.clean = (css, it) => (taints(css) ? (cleaned(css, taints, ofLanguage) ?? ("cssRules" in it ? NOTHING : "")) : css);
  return (it) => {
    if (!("cssRules" in it)) r.again(it, "style");
    else if (it.ownerNode) r.styles.touch(it.ownerNode as Element);
    else r.reach("replace", it, []);
  };
};
