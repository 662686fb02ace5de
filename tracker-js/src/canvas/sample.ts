/**
 * Canvases, sampled: twice a second, those in view, no larger than they are shown. The player draws no canvas without
 * allowing scripts, so a frame is told as the canvas's background, which every player shows, at once and when seeking.
 */
import { guard } from "../guard";
import { MASK } from "../privacy/scrub";
import type { Privacy } from "../recorder/contract";
import { flagsOf, isBlocked, showLabel } from "../recorder/policy";
import type { Lazy } from "../recorder/lazy";
import { createEncoder } from "./encoder";

/** Time between two frames of a canvas, ms. */
const EVERY = 500;
/** Longest frame told, characters of its address. */
const MAX_FRAME = 2e5;

interface Sampled {
  width: number;
  height: number;
  /** What was told last, and under which id: a canvas that was moved has another. */
  told?: string;
  id?: number;
  busy?: boolean;
}

/** Whether anything above it, frames aside, masks or blocks it. */
function isHidden(canvas: Element, privacy: Privacy): boolean {
  for (let node: Node | null = canvas; node; node = node.parentNode ?? (node as Partial<ShadowRoot>).host ?? null)
    if (node.nodeType === 1) {
      const flags = flagsOf(node as Element, (node as Element).getAttributeNames(), 0, privacy, (node as Element).localName.includes("-"));
      if (isBlocked(flags) || showLabel("", flags, privacy) === MASK) return true;
    }
  return false;
}

/** Samples until the recording ends. */
export const start: Lazy<[]>["start"] = (r) => {
  const { host } = r;
  const encoder = createEncoder(host, r.signal);
  const known = new Set<HTMLCanvasElement>();
  /** Those in view. */
  const shown = new Map<HTMLCanvasElement, Sampled>();
  let timer = 0;

  const view = new IntersectionObserver(guard((entries) => {
    for (const { target, isIntersecting, boundingClientRect: { width, height } } of entries) {
      const canvas = target as HTMLCanvasElement;
      if (isIntersecting) shown.set(canvas, Object.assign(shown.get(canvas) ?? {}, { width, height }));
      else shown.delete(canvas);
    }
  }));
  // The recorder tells a new style as a whole, and a new width empties the canvas: the frame is told again.
  const changes = new MutationObserver(guard((records) => {
    for (const { target } of records) delete shown.get(target as HTMLCanvasElement)?.told;
  }));
  const frame = async (canvas: HTMLCanvasElement, sampled: Sampled): Promise<void> => {
    if (sampled.busy || !canvas.width || !canvas.height || !r.id(canvas) || isHidden(canvas, host)) return;
    sampled.busy = true;
    try {
      const picture = await createImageBitmap(canvas, {
        resizeWidth: Math.max(1, Math.min(canvas.width, Math.round(sampled.width))),
        resizeHeight: Math.max(1, Math.min(canvas.height, Math.round(sampled.height))),
      });
      const data = await encoder.encode(picture);
      const id = r.id(canvas);
      if (!data || data.length > MAX_FRAME || r.signal.aborted || !id) return;
      if (data === sampled.told && id === sampled.id) return;
      Object.assign(sampled, { told: data, id });
      const style = {
        "background-image": [`url("${data}")`, "important"],
        "background-size": "100% 100%",
        "background-origin": "content-box",
        "background-repeat": "no-repeat",
      };
      r.incremental(0, 0, 0, 0, [id, { style }]);
    } catch {
      // Not drawable: nothing to show.
    } finally {
      sampled.busy = false;
    }
  };
  const look = guard(() => {
    for (const canvas of document.getElementsByTagName("canvas"))
      if (!known.has(canvas)) {
        known.add(canvas);
        view.observe(canvas);
        changes.observe(canvas, { attributeFilter: ["style", "width", "height"] });
      }
    for (const canvas of known)
      if (!canvas.isConnected) {
        known.delete(canvas);
        shown.delete(canvas);
        view.unobserve(canvas);
      }
    if (!host.protection.holding?.()) for (const [canvas, sampled] of shown) void frame(canvas, sampled);
  });
  const next = (): void => {
    timer = window.setTimeout(() => {
      // Asked for between two frames, it runs after what the page draws in one, while a WebGL canvas still holds it.
      requestAnimationFrame(() => {
        if (r.signal.aborted) return;
        look();
        next();
      });
    }, EVERY);
  };
  next();
  r.undo.push(() => {
    clearTimeout(timer);
    view.disconnect();
    changes.disconnect();
    encoder.stop();
  });
  return () => {};
};
