/** The files beside `t.js` that are fetched only when they are needed. */

/** Hash in the names of all parts, put in by the build. */
declare const PARTS_HASH: string;

export type Part = "recorder" | "post" | "worker" | "late" | "vitals" | "prompt" | "tools" | "canvas";

/** Address of a part, which lies beside the script. */
export function address(script: string, part: Part): string {
  return new URL(`${part}.${PARTS_HASH}.js`, script).href;
}

/** What the part exports; `import` needs no global to hand it over. */
export function load<T>(script: string, part: Part): Promise<T> {
  return import(address(script, part)) as Promise<T>;
}

/** Starts a part as a worker; throws where the script is of another origin. */
export function work(script: string, part: "worker" | "canvas"): Worker {
  return new Worker(address(script, part), { type: "module" });
}
