/**
 * Attributes of filters and of animations inside drawings that are neither a style property nor a property of the
 * element's interface. Fetched when an element of the kind is told.
 */
import type { Lazy } from "../recorder/lazy";

const NAMES = new Set(
  (
    "in order radius bias scale seed stdDeviation kernelMatrix kernelUnitLength attributeName attributeType begin dur end from to by " +
    "values calcMode keyTimes keySplines keyPoints repeatCount repeatDur restart additive accumulate path"
  ).split(" "),
);

/** Takes the elements. */
export const start: Lazy<[Element]>["start"] = (r) => {
  r.drawn = (name) => NAMES.has(name);
  return (element) => {
    for (const name of element.getAttributeNames()) if (NAMES.has(name)) r.again(element, name);
  };
};
