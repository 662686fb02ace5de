/**
 * The recorder of sampled sessions: `@rrweb/record` with its own masking fully
 * on, and our scrubber behind it, which trusts none of it.
 */
import { record } from "@rrweb/record";
import type { Privacy, Recorder } from "./contract";
import { createSpelled } from "./css";
import { createEventScrubber } from "./events";
import { BLOCKED, IGNORED, isField, showField } from "./policy";
import { MASK } from "../privacy/scrub";

export { createPress } from "../queue/press";

export const start: Recorder["start"] = (host) => {
  const privacy: Privacy = host;
  const spelled = createSpelled();
  const scrub = createEventScrubber({ live: record.mirror as { getNode(id: number): Node | null }, privacy, spelled });
  for (const sheet of document.adoptedStyleSheets)
    spelled.learn(Array.from(sheet.cssRules, (r) => r.cssText).join(""));

  let live = true;
  const stop = record({
    emit(event) {
      if (!live) return;
      // What cannot be judged does not leave.
      let clean;
      try {
        clean = scrub(event);
      } catch {
        return;
      }
      if (clean) host.emit(clean);
    },
    blockSelector: BLOCKED,
    ignoreSelector: IGNORED,
    maskAllInputs: true,
    maskInputFn: (text, element) =>
      isField(element) && text && showField(element, privacy) !== "open" ? MASK : text,
    inlineStylesheet: true,
    slimDOMOptions: {
      script: true, comment: true, headFavicon: true, headMetaDescKeywords: true, headMetaSocial: true,
      headMetaRobots: true, headMetaHttpEquiv: true, headMetaAuthorship: true, headMetaVerification: true,
    },
    recordCanvas: false,
    collectFonts: false,
    recordAfter: "DOMContentLoaded",
    errorHandler: () => true,
  });
  return () => {
    live = false;
    stop?.();
  };
};
