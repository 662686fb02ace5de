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
  const optOut = (out: boolean): void => void write("localStorage", OPT_OUT, out ? {} : undefined);
  if (verb === "say") say(host, args);
  else if (verb === "erase") erase(host);
  else if (verb === "preview") preview(host);
  else if (verb === "optout") {
    optOut(true);
    verbs.stop?.(true);
  } else if (verb === "optin") {
    optOut(false);
    verbs.start?.();
  } else if ("debug" in host.config.tag) say(host, ["unknown verb", verb]);
};
