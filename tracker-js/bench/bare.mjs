/**
 * A browser in which nobody looks on. Playwright watches the network of each page that it opens, and then the browser notes
 * for every request which calls have led to it, and parses these functions once more to say where they stand: milliseconds
 * on the main thread, and only for who fetches something by script. So the start is measured without any of that, by
 * nothing but `Runtime.evaluate` and a trace. It has the few members of Playwright's browser that the start needs.
 */
import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { browserPath, FLAGS } from "./browser.mjs";

/** Address at which the browser takes commands, which it says when it has started; fails where it ends instead. */
const address = (child) =>
  new Promise((told, failed) => {
    let said = "";
    child.stderr.on("data", (text) => {
      const found = /listening on (ws:\S+)/.exec((said += text));
      if (found) told(found[1]);
    });
    child.on("error", failed).on("exit", () => failed(new Error(`the browser ended: ${said.slice(-500)}`)));
  });

/** Sends commands, each of which gives its answer, and hands events to `hear`. */
async function commands(url, hear) {
  const socket = new WebSocket(url, { perMessageDeflate: false });
  await new Promise((opened, failed) => socket.on("open", opened).on("error", failed));
  const waiting = new Map();
  let last = 0;
  socket.on("message", (text) => {
    const { id, method, params, result, error } = JSON.parse(text);
    if (!id) return hear(method, params);
    const [done, failed] = waiting.get(id);
    waiting.delete(id);
    if (error) failed(new Error(error.message));
    else done(result);
  });
  return (method, params = {}, sessionId) =>
    new Promise((done, failed) => {
      waiting.set(++last, [done, failed]);
      socket.send(JSON.stringify({ id: last, method, params, sessionId }));
    });
}

export async function launchBare() {
  const profile = await mkdtemp(join(tmpdir(), "hindsight-bench-"));
  const child = spawn(browserPath(), [...FLAGS, "--remote-debugging-port=0", `--user-data-dir=${profile}`, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const ended = new Promise((done) => child.on("exit", done));
  let events = [];
  let complete;
  const send = await commands(await address(child), (method, { value } = {}) => {
    if (method === "Tracing.dataCollected") events.push(...value);
    if (method === "Tracing.tracingComplete") complete();
  });
  const { product } = await send("Browser.getVersion");

  const open = async (browserContextId) => {
    const { targetId } = await send("Target.createTarget", { url: "about:blank", browserContextId, width: 1280, height: 800 });
    const { sessionId } = await send("Target.attachToTarget", { targetId, flatten: true });
    const evaluate = async (fn, argument) => {
      const expression = `(${fn})(${JSON.stringify(argument) ?? ""})`;
      const { result, exceptionDetails } = await send("Runtime.evaluate", { expression, returnByValue: true, awaitPromise: true }, sessionId);
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    };
    return {
      evaluate,
      waitForTimeout: (ms) => sleep(ms),
      async goto(url) {
        await send("Page.navigate", { url }, sessionId);
        while (!(await evaluate((url) => location.href === url && document.readyState === "complete", url))) await sleep(50);
      },
    };
  };
  return {
    version: () => product.replace(/^.*\//, ""),
    async newContext() {
      const { browserContextId } = await send("Target.createBrowserContext");
      return { newPage: () => open(browserContextId), close: () => send("Target.disposeBrowserContext", { browserContextId }) };
    },
    async startTracing(_page, { categories }) {
      events = [];
      await send("Tracing.start", { transferMode: "ReportEvents", traceConfig: { includedCategories: categories } });
    },
    async stopTracing() {
      const all = new Promise((done) => (complete = done));
      await send("Tracing.end");
      await all;
      return JSON.stringify({ traceEvents: events });
    },
    async close() {
      // The connection may be gone before the answer.
      void send("Browser.close").catch(() => {});
      await ended;
      await rm(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
