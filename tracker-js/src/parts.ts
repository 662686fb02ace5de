/** The files beside `t.js` that are fetched only when they are needed. */
import { guard } from "./guard";

/** Hash in the names of all parts, put in by the build. */
declare const PARTS_HASH: string;

export type Part = "recorder" | "link" | "sheets" | "spelled" | "words" | "frames" | "inputs" | "hold" | "layers" | "drawn" | "media" | "selection" | "post" | "worker" | "late" | "vitals" | "prompt" | "tools" | "canvas";

/** Address of a part, which lies beside the script. */
export function address(script: string, part: Part): string {
  return new URL(`${part}.${PARTS_HASH}.js`, script).href;
}

/** Hands over what the part exports, or says that it cannot be had; gives something. `import` needs no global for it. */
export const load: <T>(script: string, part: Part, use: (exported: T) => void, fail?: () => void) => object = async (script, part, use, fail = () => {}) => {
  // Developer tools note what calls led to a request, for which the browser parses each of them again: here there are none.
  // eslint-disable-next-line @typescript-eslint/await-thenable
  await 0;
  return (import(`${new URL(`${part}.${PARTS_HASH}.js`, script)}`) as Promise<Parameters<typeof use>[0]>).then(guard(use), fail);
};

interface Policy {
  createScriptURL(url: string): string;
}
let policy: Policy | undefined;

/** Starts a part as a worker; throws where the script is of another origin. */
export function work(script: string, part: "worker" | "canvas"): Worker {
  const url = address(script, part);
  // Firefox would not throw, but say so in the page's console.
  if (!url.startsWith(`${location.origin}/`)) throw Error();
  // A page that requires trusted types takes no text for an address.
  const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } };
  policy ??= trustedTypes?.createPolicy("hindsight", { createScriptURL: (given) => given });
  return new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });
}
