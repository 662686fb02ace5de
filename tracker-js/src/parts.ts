/** The files beside `t.js` that are fetched only when they are needed. */

/** Hash in the names of all parts, put in by the build. */
declare const PARTS_HASH: string;

export type Part = "recorder" | "sheets" | "spelled" | "frames" | "inputs" | "media" | "selection" | "post" | "worker" | "late" | "prompt" | "tools" | "canvas";

/** Address of a part, which lies beside the script. */
export function address(script: string, part: Part): string {
  return new URL(`${part}.${PARTS_HASH}.js`, script).href;
}

/** What the part exports; `import` needs no global to hand it over. */
export function load<T>(script: string, part: Part): Promise<T> {
  return import(address(script, part)) as Promise<T>;
}

interface Policy {
  createScriptURL(url: string): string;
}
let policy: Policy | undefined;

/** Starts a part as a worker; throws where the script is of another origin. */
export function work(script: string, part: "worker" | "canvas"): Worker {
  const url = address(script, part);
  // A page that requires trusted types takes no text for an address.
  const { trustedTypes } = window as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } };
  policy ??= trustedTypes?.createPolicy("hindsight", { createScriptURL: (given) => given });
  return new Worker(policy?.createScriptURL(url) ?? url, { type: "module" });
}
