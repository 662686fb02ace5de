/**
 * What may be shown of an element: by our own attributes, by the mask names of
 * other tools (so that existing markup keeps protecting), and by what the core
 * knows of protected fields, which nothing overrides.
 */
import type { Privacy } from "./contract";

/** Regions that are not recorded at all: a box of their size stands for them. */
export const BLOCKED = [
  "[data-hindsight-block]", ".rr-block", ".ph-no-capture", ".sentry-block", ".highlight-block",
  ".fs-exclude", "[data-openreplay-hidden]", "[data-dd-privacy=hidden]",
].join();

/** Regions whose texts and fields are masked. */
const MASKED = [
  "[data-hindsight-mask]", ".rr-mask", ".ph-mask", ".sentry-mask", ".highlight-mask", ".fs-mask",
  "[data-private]", "[data-hj-suppress]", "[data-dd-privacy]:not([data-dd-privacy=allow])",
  "[data-openreplay-obscured]", "[data-openreplay-masked]",
  "[data-clarity-mask]:not([data-clarity-mask=false])", "[data-matomo-mask]",
].join();

/** Fields of which not even emptiness is told. */
export const IGNORED = ".rr-ignore,.ph-ignore-input";

const UNMASKED = "[data-hindsight-unmask]";

/** `closed`: nothing is told. `masked`: empty or not. `open`: as the visitor typed it. */
export type Shown = "closed" | "masked" | "open";

export function isField(node: Node | null): node is HTMLInputElement {
  return /^(input|textarea|select)$/.test((node as Element | null)?.localName ?? "");
}

export function showField(field: HTMLInputElement, privacy: Privacy): Shown {
  if (privacy.protection.has(field) || field.matches(IGNORED)) return "closed";
  // Names of chosen files and values no visitor sees are nobody's business.
  if (/^(hidden|file)$/.test(field.type)) return "closed";
  return field.closest(UNMASKED) && !field.closest(MASKED) ? "open" : "masked";
}

/** Whether the text directly inside this element may be shown. */
export function showText(parent: Element, privacy: Privacy): boolean {
  if (parent.closest(MASKED) || privacy.protection.has(parent)) return false;
  // Text that the visitor writes into the page is input like any other.
  return !(parent as HTMLElement).isContentEditable || !!parent.closest(UNMASKED);
}
