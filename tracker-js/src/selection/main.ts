/**
 * What the visitor has selected, except in what he writes: there offsets tell of lengths and keys. Fetched when
 * something is selected.
 */
import type { Lazy } from "../recorder/lazy";
import { isEditable, isField, UNTOLD } from "../recorder/policy";

const SAMPLE = 100;

/** Takes the documents in which the selection has changed. */
export const start: Lazy<[Document]>["start"] = (r) => {
  let changed: Document;
  let told = "[]";

  /** An end of the selection, no further than the told text goes; undefined where it may not be told. */
  const end = (node: Node, offset: number): [id: number, offset: number] | undefined => {
    const flags = r.changes.look((node.nodeType === 3 && node.parentNode) || node);
    // A double click on a choice selects a word of it.
    if (!r.id(node) || flags === UNTOLD || isEditable(flags) || r.host.unseen(node, true)) return;
    return [r.id(node), node.nodeType === 3 ? Math.min(offset, r.serializer.text(node as Text, flags).length) : offset];
  };
  const tell = r.later(() => {
    // A page may select something with each key.
    if (r.holding()) return tell();
    let active = changed.activeElement;
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
    const selection = isField(active) ? undefined : changed.getSelection();
    const ranges = [];
    for (let i = 0; selection && i < selection.rangeCount; i++) {
      const range = selection.getRangeAt(i);
      const start = end(range.startContainer, range.startOffset);
      const stop = end(range.endContainer, range.endOffset);
      if (start && stop && !range.collapsed)
        ranges.push({ start: start[0], startOffset: start[1], end: stop[0], endOffset: stop[1] });
    }
    const now = JSON.stringify(ranges);
    if (now !== told) r.incremental(14, { ranges });
    told = now;
  }, SAMPLE);
  return (doc) => {
    changed = doc;
    tell();
  };
};
