import type { Undo } from "../guard";
import type { Protection } from "../privacy/protect";
import type { Scrubber } from "../privacy/scrub";

export type Nav = "load" | "reload" | "back" | "spa";

/** One fact, as section 4 of the wire protocol lists them. */
export interface Signal {
  k: string;
  /** Milliseconds since `performance.timeOrigin`, one decimal. */
  t: number;
  [member: string]: unknown;
}

/** What an observer is given. */
export interface Context {
  undo: Undo[];
  protection: Protection;
  scrub: Scrubber;
  emit(kind: string, members: object, time?: number): void;
  /** Says that something has gathered which `collect` will turn into signals. */
  arm(): void;
  /** Called before each batch closes. */
  collect: (() => void)[];
  /** Called when the page is left or hidden; `ends` when the page view is over. */
  leave: ((ends: boolean) => void)[];
  /** The visitor did something: the session lives on, or a new one begins. */
  active(): void;
  /** Begins a page view; `path` only where the site names it. */
  view(nav: Nav, path?: string): void;
}

/** Milliseconds since `performance.timeOrigin`, one decimal. */
export function clock(): number {
  return Math.round(performance.now() * 10) / 10;
}

/** Viewport and document size, CSS px. Reading the latter may lay the page out. */
export function sizes(): { vw: number; vh: number; dw: number; dh: number } {
  const root = document.documentElement;
  return {
    vw: innerWidth,
    vh: innerHeight,
    dw: Math.max(root.scrollWidth, root.clientWidth),
    dh: Math.max(root.scrollHeight, root.clientHeight),
  };
}
