/** What scripts do to sheets through CSSOM, in every window: frames have prototypes of their own. */
import { type Undo, undoAll } from "../../guard";
import type { Adopted } from "./adopted";
import type { Elements } from "./elements";
import { hook } from "./hooks";
import { pathOf, type Rules } from "./rules";

type Page = Window & typeof globalThis;
type Index = number | undefined;

export interface Windows {
  /** A document of this window is recorded from now on. */
  enter(page: Page): void;
  stop(): void;
}

export interface Watched {
  rules: Rules;
  adopted: Adopted;
  elements: Elements;
  /** Asks for a flush soon, since something may have changed; false while it is us who use the interfaces. */
  arm(): boolean;
}

export function createWindows({ rules, adopted, elements, arm }: Watched): Windows {
  /** By one of their interfaces: a frame that shows another document has the same window, and new prototypes. */
  const pages = new Map<unknown, [Page, Undo[]]>();
  const tidy = (all: boolean): void => {
    for (const [realm, [page, undo]] of [...pages])
      if (all || page.closed || page.CSSStyleSheet !== realm) {
        undoAll(undo);
        pages.delete(realm);
      }
  };
  const enter = (page: Page): void => {
    tidy(false);
    if (pages.has(page.CSSStyleSheet)) return;
    const undo: Undo[] = [];
    pages.set(page.CSSStyleSheet, [page, undo]);
    const on = <T>(owner: { prototype: object } | undefined, names: string, then: (self: T, args: unknown[], result: unknown) => void): void =>
      hook(undo, owner?.prototype, names, (self, args, result) => {
        if (arm()) then(self as T, args, result);
      });

    on<CSSStyleSheet>(page.CSSStyleSheet, "insertRule", (s, [rule], at) => rules.added(s, [at as number], String(rule)));
    on<CSSStyleSheet>(page.CSSStyleSheet, "addRule", (s, args) => {
      const at = (args[2] as Index) ?? s.cssRules.length - 1;
      rules.added(s, [at], s.cssRules[at]?.cssText ?? "");
    });
    on<CSSStyleSheet>(page.CSSStyleSheet, "deleteRule removeRule", (s, [at]) => rules.removed(s, [Number(at) || 0]));
    on<CSSStyleSheet>(page.CSSStyleSheet, "replaceSync", (s) => adopted.changed(s, 0));
    on<CSSStyleSheet>(page.CSSStyleSheet, "replace", (s, _args, done) => {
      void (done as Promise<unknown>).then(() => arm() && adopted.changed(s, 0), () => 0);
    });
    // Style rules hold others by nesting; in some browsers each kind of rule has methods of its own.
    for (const group of [page.CSSGroupingRule, page.CSSStyleRule]) {
      const within = (rule: CSSRule, at: number, then: (sheet: CSSStyleSheet, path: number[]) => void): void => {
        const path = pathOf(rule);
        if (path && rule.parentStyleSheet) then(rule.parentStyleSheet, [...path, at]);
      };
      on<CSSRule>(group, "insertRule", (rule, [text], at) =>
        within(rule, at as number, (sheet, path) => rules.added(sheet, path, String(text))));
      on<CSSRule>(group, "deleteRule", (rule, [at]) => within(rule, Number(at) || 0, rules.removed));
    }
    on<CSSRule>(page.CSSKeyframesRule, "appendRule deleteRule", rules.replaced);
    for (const kind of [page.CSSStyleRule, page.CSSKeyframeRule, page.CSSFontFaceRule])
      on<CSSRule>(kind, "style styleMap", rules.hold);
    // Scripts read selectors of all rules; only setting one changes anything.
    on<CSSRule>(page.CSSStyleRule, "selectorText", (rule, args) => args.length && rules.hold(rule));
    for (const kind of [page.StyleSheet, page.HTMLStyleElement])
      on<CSSStyleSheet & Element>(kind, "disabled", (self, args) => {
        if (!args.length) return;
        const owner = self.ownerNode as Element | null | undefined;
        if (owner === null) adopted.toggled();
        else elements.touch(owner ?? self);
      });
    for (const kind of [page.Document, page.ShadowRoot])
      on<Document | ShadowRoot>(kind, "adoptedStyleSheets", (root, args) => adopted.touch(root, !args.length));
  };
  return { enter, stop: () => tidy(true) };
}
