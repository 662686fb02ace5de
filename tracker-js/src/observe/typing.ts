/**
 * Typing: how many keystrokes a field received and how long they took, once the
 * visitor leaves it. Never per key; never for a protected field.
 */
import { listen } from "../guard";
import { select } from "../selector";
import { clock, type Context } from "./context";
import { eachDocument } from "./frames";

const IGNORED = ".rr-ignore,.ph-ignore-input";

export function observeTyping(ctx: Context): void {
  let field: Element | undefined;
  let n = 0;
  let begin = 0;
  let end = 0;

  const close = (): void => {
    // Judged at the end: it may have become protected meanwhile.
    if (field?.isConnected && !ctx.protection.has(field) && !field.closest(IGNORED))
      ctx.emit("typing", { el: select(field)[0], n, ms: Math.round(end - begin) }, begin);
    field = undefined;
  };
  eachDocument(ctx.undo, (doc) => {
    listen(ctx.undo, doc, "input", (e) => {
      const target = e.composedPath()[0] as Element;
      if (!e.isTrusted || !(e as InputEvent).inputType) return;
      ctx.active();
      const now = clock();
      if (target !== field) {
        close();
        field = target;
        n = 0;
        begin = now;
      }
      n++;
      end = now;
    });
    listen(ctx.undo, doc, "focusout", (e) => e.composedPath()[0] === field && close());
  });
  ctx.leave.push(close);
}
