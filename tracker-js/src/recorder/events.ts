/**
 * Every rrweb event passes here before it leaves: kinds that are not listed are
 * dropped, and of the others what may be private is taken out.
 */
import type { eventWithTime, inputData, mutationData, styleSheetRuleData } from "@rrweb/types";
import { MASK } from "../privacy/scrub";
import type { Attributes } from "./attributes";
import type { ReplayEvent } from "./contract";
import { scrubCss } from "./css";
import { learnFrom, parentOf, scrubChange, scrubNode, scrubText, type Scrubbing } from "./nodes";
import { isField, showField } from "./policy";

/** Kinds without content: mouse, interaction, viewport, touch, media, drag, custom element. */
const BARE = new Set([1, 2, 4, 6, 7, 12, 16]);

export function createEventScrubber(s: Scrubbing): (event: eventWithTime) => ReplayEvent | undefined {
  const told = new WeakMap<Node, string>();
  const css = (text: string): string => {
    s.spelled.learn(text);
    return scrubCss(text, s.privacy);
  };

  const mutation = (data: mutationData): void => {
    for (const a of data.adds) learnFrom(a.node, s);
    for (const a of data.adds) scrubNode(a.node, s);
    for (const t of data.texts) {
      const node = s.live.getNode(t.id);
      // A comment, or a text whose place is not known any more.
      t.value = t.value && (node?.nodeType === 8 ? "" : scrubText(t.value, parentOf(node), s));
    }
    data.attributes = data.attributes.flatMap((a) => {
      const element = s.live.getNode(a.id) as Element | null;
      const sheet = a.attributes._cssText;
      if (typeof sheet === "string") s.spelled.learn(sheet);
      const kept = element ? scrubChange(a.attributes as unknown as Attributes, element, s) : {};
      return Object.keys(kept).length ? [{ id: a.id, attributes: kept as typeof a.attributes }] : [];
    });
  };

  /** Whether there is anything to tell. A masked field tells of empty or not, and of nothing between. */
  const input = (data: inputData): boolean => {
    const field = s.live.getNode(data.id);
    if (!isField(field)) return false;
    const shown = showField(field, s.privacy);
    if (shown === "closed") return false;
    delete data.userTriggered;
    const box = /^(checkbox|radio)$/.test(field.type);
    if (shown === "masked" && field.localName === "select") return false;
    if (box) data.text = "on";
    else if (data.text && (shown === "masked" || s.privacy.protection.taints(data.text))) data.text = MASK;
    const now = data.text + String(data.isChecked);
    if (told.get(field) === now) return false;
    told.set(field, now);
    return true;
  };

  const rules = (data: styleSheetRuleData): void => {
    for (const a of data.adds ?? []) a.rule = css(a.rule);
    if (data.replace) data.replace = css(data.replace);
    if (data.replaceSync) data.replaceSync = css(data.replaceSync);
  };

  /** Whether the visitor is in a field: then the selection's offsets tell of lengths and keys. */
  const writing = (): boolean => {
    let active = document.activeElement;
    for (;;) {
      const inner = active?.shadowRoot?.activeElement ?? (active as Partial<HTMLIFrameElement> | null)?.contentDocument?.activeElement;
      if (!inner) break;
      active = inner;
    }
    return isField(active) || !!(active as HTMLElement | null)?.isContentEditable;
  };

  const keep = (event: eventWithTime): boolean => {
    if (event.type === 0 || event.type === 1) return true;
    if (event.type === 4) {
      event.data.href = s.privacy.scrub.url(event.data.href);
      return true;
    }
    if (event.type === 2) {
      learnFrom(event.data.node, s);
      scrubNode(event.data.node, s);
      return true;
    }
    if (event.type !== 3) return false;
    const data = event.data;
    switch (data.source) {
      case 0:
        mutation(data);
        return !!(data.adds.length + data.removes.length + data.texts.length + data.attributes.length);
      case 3: {
        const target = s.live.getNode(data.id);
        return !isField(target) || showField(target, s.privacy) === "open";
      }
      case 5:
        return input(data);
      case 8:
        rules(data);
        return true;
      case 13:
        if (data.set?.value) data.set.value = css(data.set.value);
        return true;
      case 14:
        return !writing();
      case 15:
        for (const style of data.styles ?? []) for (const r of style.rules) r.rule = css(r.rule);
        return true;
      default:
        return BARE.has(data.source);
    }
  };
  return (event) => (keep(event) ? (event as ReplayEvent) : undefined);
}
