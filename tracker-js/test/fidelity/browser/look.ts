/** In the recorded page: waits until it rests, and says what is there at that moment. */
import { type Seen, walk } from "./walk";

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Longest time that a recorder holds anything back, ms: the oracle's scroll events come 100 ms late. */
const HELD_BACK = 130;

function loading(root: Document | ShadowRoot): boolean {
  return Array.from(root.querySelectorAll("*")).some((e) => {
    if (e.shadowRoot && loading(e.shadowRoot)) return true;
    const inner = (e as Partial<HTMLIFrameElement>).contentDocument;
    if (!inner) return false;
    const named = e.hasAttribute("srcdoc") || e.getAttribute("src");
    return (named && inner.URL === "about:blank") || inner.readyState !== "complete" || loading(inner);
  });
}

/** Until every frame has loaded; what never does is looked at as it is. */
export async function settle(): Promise<void> {
  for (let n = 0; loading(document) && n < 400; n++) await pause(5);
}

export async function look(masked: boolean, time: () => number): Promise<{ at: number; live: Seen }> {
  await settle();
  // Events of scrolling and resizing come with a frame.
  for (let n = 0; n < 2; n++) await new Promise(requestAnimationFrame);
  await pause(HELD_BACK);
  const live = walk(document, masked, true);
  const at = time();
  // What comes next has a later time.
  await pause(3);
  return { at, live };
}
