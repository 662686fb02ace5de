/**
 * How far boxes were scrolled before the recorder could hear of it: by the page's scripts while it loaded, by a visitor
 * who had not been asked yet, by the browser, which takes a box with snap positions to the first of them.
 *
 * Whoever asks an element for its offset has it laid out. So this waits until the browser is idle, leaves alone what the
 * browser does not lay out (`content-visibility`), and asks no element that hardly ever has a scroll bar.
 */
import { alive } from "../recorder/alive";
import { guard } from "../guard";
import { raw } from "../raw";
import type { Lazy } from "../recorder/lazy";
import type { Root } from "../recorder/roots";

const BOXES = ":not(a,b,br,button,em,h1,h2,h3,h4,head,head *,i,iframe,img,input,label,li,option,p,script,select,small,span,strong,style,svg,svg *,td,th,tr)";
/** Longest time that elements are asked in one go, ms, and how many are between two looks at the clock. */
const SLICE = 4;
const STRIDE = 32;
/** Longest wait for an idle moment, ms: behind some input Chromium has none for seconds. */
const TIMEOUT = 200;

/** Whether what lies in it is laid out; older browsers do not say. */
const isDrawn = (parent: Partial<Element> | null): boolean => parent?.checkVisibility?.({ contentVisibilityAuto: true }) !== false;

/** Of what is told at the beginning, and of the documents of frames that are told later. */
export const start: Lazy<[]>["start"] = (r) => {
  const roots: Root[] = alive(r.roots);
  const enter = r.enter;
  let due = false;

  function* ask(): Generator<undefined> {
    for (let root; (root = roots.pop()); ) {
      let parent: Node | null = null;
      let drawn = false;
      let n = 0;
      for (const box of root.querySelectorAll(BOXES)) {
        if (++n % STRIDE === 0) yield;
        const above = raw(box, "parentElement");
        if (!above || above !== parent) drawn = isDrawn((parent = above));
        if (drawn && (raw(box, "scrollTop") || raw(box, "scrollLeft")) && box !== box.ownerDocument.scrollingElement) {
          (r.scrolled ??= new WeakSet()).add(box);
          r.rolled(box);
        }
      }
    }
  }
  let asking = ask();
  const go = guard((): void => {
    due = false;
    if (r.signal.aborted) return;
    const until = performance.now() + SLICE;
    // What is not told yet has no id.
    if (!r.walk.pending() && !r.frames?.waiting())
      do {
        if (!asking.next().done) continue;
        asking = ask();
        return;
      } while (performance.now() < until);
    wait();
  });
  // Safari knows no idle callbacks, and takes what it does not know as no delay.
  const wait = (): void => {
    if (!due) ((window.requestIdleCallback as typeof requestIdleCallback | undefined) ?? setTimeout)(go, { timeout: TIMEOUT } as IdleRequestOptions & number);
    due = true;
  };
  r.enter = (root) => {
    enter(root);
    // Of shadow roots that come later the recorder hears itself.
    if (root.nodeType !== 9 && !roots.includes(root.ownerDocument as Root)) return;
    roots.push(root);
    wait();
  };
  return wait;
};
