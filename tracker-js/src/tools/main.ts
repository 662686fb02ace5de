/** What few visitors' pages need: erasing oneself, and tools for those who set the tracker up. */
import { OPT_OUT } from "../consent";
import { write } from "../storage";
import { erase } from "./erase";
import type { Host } from "../host";
import { preview } from "./preview";
import { say } from "./say";

export interface Tools {
  /** A verb that the core does not know, or `say` with what `data-debug` tells. */
  run(host: Host, verb?: unknown, ...args: unknown[]): void;
}

export const run: Tools["run"] = (host, verb, ...args) => {
  const { verbs } = host;
  const optOut = (out: boolean): boolean => write("localStorage", OPT_OUT, out ? {} : undefined);
  const debug = (...what: unknown[]): void => {
    if ("debug" in host.config.tag) say(host, what);
  };
  if (verb === "say") say(host, args);
  else if (verb === "erase") erase(host);
  else if (verb === "preview") preview(host);
  else if (verb === "optout") {
    const kept = optOut(true);
    verbs.stop?.(true);
    // In a full storage that has made room.
    if (!kept && !optOut(true)) debug("optout: this browser's storage is blocked or full, so that it holds for this document alone");
  } else if (verb === "optin") {
    optOut(false);
    verbs.start?.();
  } else debug("unknown verb", verb);
};
