/** The visitor's own wish to be forgotten (wire protocol, section 7). */
import { unhex } from "../bytes";
import type { Host } from "../host";
import { say } from "./say";

/** How often it is tried (for 17 minutes), and the pause before the second time, ms; each next one is twice as long. */
const TRIES = 10;
const PAUSE = 2e3;

export function erase(host: Host): void {
  const { config, consent, verbs } = host;
  const { server, site, tag } = config;
  // The id goes now, and with it whatever waits to be sent. Where consent is gone all that has happened already.
  if (consent.allowed()) verbs.stop?.(true);
  const id = consent.gone;
  consent.gone = undefined;
  const tell = (what: string): void => {
    if ("debug" in tag) say(host, [what]);
  };
  if (!unhex(id, 16)) return tell("erase: this browser holds no visitor id, so nothing can be found under it");
  // In quotes: a name of the wire, which the build must not shorten.
  const body = JSON.stringify({ "visitor": id });
  const attempt = (tries: number): void => {
    const again = (): void => {
      if (tries < TRIES) setTimeout(() => attempt(tries + 1), PAUSE * 2 ** (tries - 1));
      else tell("erase: the collector could not be reached");
    };
    fetch(`${server}/v1/erase?site=${encodeURIComponent(site)}`, {
      method: "POST",
      body,
      // A plain type needs no preflight; the page may go meanwhile.
      headers: { "Content-Type": "text/plain" },
      keepalive: true,
      credentials: "omit",
    }).then(({ status }) => {
      if (status === 429 || status >= 500) again();
      else tell(status === 202 ? "erase: everything held of this visitor is being erased" : `erase: refused, ${status}`);
    }, again);
  };
  attempt(1);
}
