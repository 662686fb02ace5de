/**
 * Outlines over the page, for whoever decides what is masked. They lie in a
 * layer of their own that is not recorded; no element of the page is changed.
 */
import { look, type Treatment } from "./look";
import type { Host } from "../host";

/** How often the outlines follow a page that changes, ms. */
const FOLLOW = 300;

const KINDS: Record<Treatment, string> = {
  protected: "never recorded, whatever the settings",
  blocked: "left out: an empty box of its size",
  masked: "its text is replaced by bullets",
  unmasked: "recorded as it is typed",
};

const STYLE = `
:host { all: initial; color-scheme: light dark; position: fixed; inset: 0; z-index: 2147483600; pointer-events: none; overflow: hidden; }
.box { position: absolute; box-sizing: border-box; border: 2px solid var(--c); background: color-mix(in srgb, var(--c) 18%, transparent); }
.protected { --c: #c62828; } .blocked { --c: #37474f; } .masked { --c: #b26a00; } .unmasked { --c: #1b7f3b; }
aside { position: absolute; inset-block-start: 12px; inset-inline-end: 12px; box-sizing: border-box; max-width: min(26rem, 100% - 24px); padding: 10px 14px; pointer-events: auto;
  border: 1px solid #8a929c; border-radius: 8px; background: #fff; color: #1b1f24; font: 14px/1.5 system-ui, sans-serif; }
ul { margin: 6px 0 8px; padding: 0; list-style: none; }
li { padding-inline-start: 18px; text-indent: -18px; }
li::before { content: ""; display: inline-block; width: 10px; height: 10px; margin-inline-end: 8px; outline: 1px solid #8a929c; background: var(--c); }
button { font: inherit; padding: 4px 10px; cursor: pointer; }
@media (prefers-color-scheme: dark) { aside { background: #1e2227; color: #eceff2; } }
`;

let close: (() => void) | undefined;

function make(name: string, className: string, text = ""): HTMLElement {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

/** Where the window shows an element; of what lies in a frame that part which the frame shows. */
function placeOf(element: Element): { left: number; top: number; right: number; bottom: number } {
  let { left, top, right, bottom } = element.getBoundingClientRect();
  for (let view = element.ownerDocument.defaultView; view && view !== window; ) {
    const { frameElement, innerWidth, innerHeight } = view;
    const frame = frameElement as HTMLElement;
    const outer = frame.getBoundingClientRect();
    const { paddingLeft, paddingTop } = getComputedStyle(frame);
    const across = (x: number): number =>
      outer.left + ((Math.min(Math.max(0, x), innerWidth) + frame.clientLeft + parseFloat(paddingLeft)) * outer.width) / (frame.offsetWidth || 1);
    const down = (y: number): number =>
      outer.top + ((Math.min(Math.max(0, y), innerHeight) + frame.clientTop + parseFloat(paddingTop)) * outer.height) / (frame.offsetHeight || 1);
    [left, top, right, bottom] = [across(left), down(top), across(right), down(bottom)];
    view = frame.ownerDocument.defaultView;
  }
  return { left, top, right, bottom };
}

export function preview(host: Host): void {
  if (close) return close();
  const layer = document.createElement("hindsight-preview");
  layer.setAttribute("data-hindsight-block", "");
  layer.className = "rr-block";
  const root = layer.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(STYLE);
  root.adoptedStyleSheets = [sheet];
  const boxes = make("div", "boxes");
  const legend = make("aside", "legend", "What Hindsight records of this page");
  const list = make("ul", "");
  for (const [kind, meaning] of Object.entries(KINDS)) list.append(make("li", kind, `${kind}: ${meaning}`));
  const button = make("button", "", "Close");
  legend.append(list, button);
  root.append(boxes, legend);
  document.documentElement.append(layer);

  const draw = (): void => {
    boxes.replaceChildren(
      ...[...look(host)].flatMap(([element, kind]) => {
        const { left, top, right, bottom } = placeOf(element);
        const [width, height] = [right - left, bottom - top];
        if (!width || !height) return [];
        const box = make("div", `box ${kind}`);
        Object.assign(box.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
        return box;
      }),
    );
  };
  const timer = setInterval(draw, FOLLOW);
  addEventListener("scroll", draw, { capture: true, passive: true });
  addEventListener("resize", draw);
  close = () => {
    close = undefined;
    clearInterval(timer);
    removeEventListener("scroll", draw, true);
    removeEventListener("resize", draw);
    layer.remove();
  };
  button.addEventListener("click", close);
  draw();
}
