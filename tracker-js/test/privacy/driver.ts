/** What the pages' visitors do, in whatever browser drives them. */
import type { Page } from "playwright-core";
import type { KeyInput, Page as FirefoxPage } from "puppeteer-core";

export interface Driver {
  /** Clicks the middle of what a selector finds in the page itself. */
  click(selector: string): Promise<unknown>;
  /** Clicks it twice, as one selects a word. */
  twice(selector: string): Promise<unknown>;
  /** Clicks at a place in the viewport, CSS px. */
  point(x: number, y: number): Promise<unknown>;
  /** Presses the button at one place, and lets go of it at another. */
  drag(from: [x: number, y: number], to: [x: number, y: number]): Promise<unknown>;
  /** Presses the keys of a text one after the other, into what has the focus. */
  type(text: string): Promise<unknown>;
  /** Writes a text by an input method, which shows what is composed and puts it in at the end. Where none can be driven: types. */
  compose(text: string): Promise<unknown>;
  /** A key by its name, also with others held (`Control+V`). */
  press(key: string): Promise<unknown>;
  /** Runs in the page. The function may use nothing from outside but its argument. */
  eval<A, R>(fn: (arg: A) => R, arg: A): Promise<Awaited<R>>;
  goto(url: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Between two keys, ms: far apart enough that a recorder could tell each of them. */
const KEY = 12;

/** By the mouse, which both libraries have alike. */
const drag = ({ mouse }: Page | FirefoxPage): Driver["drag"] => async (from, to) => {
  await mouse.move(...from);
  await mouse.down();
  await mouse.move(...to);
  await mouse.up();
};

export function chromiumDriver(page: Page): Driver {
  return {
    click: (selector) => page.click(selector),
    twice: (selector) => page.dblclick(selector),
    point: (x, y) => page.mouse.click(x, y),
    drag: drag(page),
    type: (text) => page.keyboard.type(text, { delay: KEY }),
    async compose(text) {
      const tools = await page.context().newCDPSession(page);
      for (let n = 1; n <= text.length; n++)
        await tools.send("Input.imeSetComposition", { text: text.slice(0, n), selectionStart: n, selectionEnd: n });
      await tools.send("Input.insertText", { text });
    },
    press: (key) => page.keyboard.press(key),
    eval: <A, R>(fn: (arg: A) => R, arg: A) => page.evaluate(fn as (arg: unknown) => R, arg) as Promise<Awaited<R>>,
    goto: (url) => page.goto(url),
    close: () => page.context().close(),
  };
}

/** The same by puppeteer, which drives Firefox. */
export function firefoxDriver(page: FirefoxPage): Driver {
  return {
    click: (selector) => page.click(selector),
    twice: (selector) => page.click(selector, { count: 2 }),
    point: (x, y) => page.mouse.click(x, y),
    drag: drag(page),
    type: (text) => page.keyboard.type(text, { delay: KEY }),
    compose: (text) => page.keyboard.type(text, { delay: KEY }),
    async press(key) {
      const keys = key.split("+") as KeyInput[];
      const last = keys.pop() as KeyInput;
      for (const held of keys) await page.keyboard.down(held);
      await page.keyboard.press(last);
      for (const held of keys) await page.keyboard.up(held);
    },
    eval: <A, R>(fn: (arg: A) => R, arg: A) => page.evaluate(fn as (arg: unknown) => R, arg) as Promise<Awaited<R>>,
    goto: (url) => page.goto(url),
    close: () => page.browserContext().close(),
  };
}
