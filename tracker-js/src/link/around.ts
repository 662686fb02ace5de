/**
 * Frames of the page's origin that bear the snippet, too. What is done and shown in them the page around them tells,
 * records and protects: it knows the marks around the frame and the secrets of the whole page, and a second tracker there
 * knows neither. So that one stands down, once, when this part has come, and calls made there go to the page's. Where no
 * tracker is around it then, it is its own for good: one that comes later leaves its document alone, as it does another
 * origin's.
 */
import type { Context } from "../observe/context";

type Api = NonNullable<Window["hindsight"]>;

/** The tracker of the outermost page around this one that has one and can be reached; what is around one that is its own is no page's of ours. */
export function around(): Api | undefined {
  let found: Api | undefined;
  try {
    for (let page: Window = window; page !== page.parent && !page.hindsight?.own; ) {
      page = page.parent;
      // Another product's has no such thing.
      if (page.hindsight?.on?.protection?.secrets) found = page.hindsight;
    }
  } catch {
    // Another origin's.
  }
  return found;
}

/** Leaves it to the page around this one, where that has a tracker, or never; tells which. */
export function cede(ctx: Context): boolean {
  const { hindsight: inner } = window;
  const outer = around();
  if (inner) inner.own = !outer;
  if (!outer) return false;
  const { protection, told, queue, session } = ctx;
  // What the tab's last page had left waits for the next: the page's may be another site's.
  const left = queue.filter(({ laid, written }) => laid && !written).map(({ laid }) => laid as Uint8Array);
  if (left[0]) session.leave(left);
  ctx.stop(true);
  share(protection, outer.on?.protection as typeof protection);
  // What could not be recorded when it was said was not allowed, or was refused since.
  for (const [, allowed, ...call] of told.splice(0)) if (allowed) outer(...call);
  if (inner?.on) forward(inner.on.verbs, outer);
  return true;
}

/** What it knows of secrets, and will know, the page's knows; what it has wrapped is undone, or once the page's undoes its own. */
function share({ secrets, unwrap }: Context["protection"], outer: Context["protection"]): void {
  secrets.forEach((secret) => outer.secrets.add(secret));
  secrets.add = (secret) => outer.secrets.add(secret);
  unwrap();
}

/** Whoever calls that one, from now on calls the page's. */
function forward(verbs: Record<string, unknown>, outer: Api): void {
  for (const verb of Object.keys(verbs)) delete verbs[verb];
  Object.setPrototypeOf(verbs, new Proxy({}, { get: (_, verb) => (...given: unknown[]) => outer(verb, ...given) }));
}
