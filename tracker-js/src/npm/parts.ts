/**
 * The npm package's stand-in for `../parts.ts`: names that bundlers follow, so
 * that the parts become chunks of the site's own build.
 */
import { guard } from "../guard";
import type { Part } from "../parts";

const MODULES: Partial<Record<Part, () => Promise<unknown>>> = {
  // @ts-expect-error -- made by the build, beside the module this becomes
  recorder: () => import("./recorder.js"),
  // @ts-expect-error -- as above
  link: () => import("./link.js"),
  // @ts-expect-error -- as above
  sheets: () => import("./sheets.js"),
  // @ts-expect-error -- as above
  spelled: () => import("./spelled.js"),
  // @ts-expect-error -- as above
  words: () => import("./words.js"),
  // @ts-expect-error -- as above
  frames: () => import("./frames.js"),
  // @ts-expect-error -- as above
  inputs: () => import("./inputs.js"),
  // @ts-expect-error -- as above
  hold: () => import("./hold.js"),
  // @ts-expect-error -- as above
  layers: () => import("./layers.js"),
  // @ts-expect-error -- as above
  drawn: () => import("./drawn.js"),
  // @ts-expect-error -- as above
  media: () => import("./media.js"),
  // @ts-expect-error -- as above
  selection: () => import("./selection.js"),
  // @ts-expect-error -- as above
  canvas: () => import("./canvas.js"),
  // @ts-expect-error -- as above
  post: () => import("./post.js"),
  // @ts-expect-error -- as above
  late: () => import("./late.js"),
  // @ts-expect-error -- as above
  vitals: () => import("./vitals.js"),
  // @ts-expect-error -- as above
  prompt: () => import("./prompt.js"),
  // @ts-expect-error -- as above
  tools: () => import("./tools.js"),
};

export function load<T>(_script: string, part: Part, use: (exported: T) => void, fail = (): void => {}): object {
  return (MODULES[part] as () => Promise<T>)().then(guard(use), fail);
}

export function work(_script: string, part: "worker" | "canvas"): Worker {
  return part === "worker"
    ? new Worker(new URL("./worker.js", import.meta.url), { type: "module" })
    : new Worker(new URL("./canvas.js", import.meta.url), { type: "module" });
}
