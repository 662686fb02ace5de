/** The npm package: the same tracker, bundled with a site's own scripts and begun by a call instead of a tag. */
import { run } from "../main";
import type { Hindsight, Options } from "./types";

export type { Choice, Hindsight, Mode, Options, Value, Values } from "./types";

/** Attributes of the tag, as it would stand in a page. */
function attributes(options: Options): Record<string, string> {
  const tag: Record<string, string> = {};
  for (const [name, value] of Object.entries(options) as [string, unknown][])
    if (Array.isArray(value)) tag[name] = value.join();
    else if (value !== undefined && value !== false) tag[name] = value === true ? "" : String(value);
  return tag;
}

/**
 * Begins with the given options and returns the same function that pages know as `window.hindsight`. A second call
 * changes nothing: a page has one tracker. Throws a TypeError without `site` or `collector`: that is a mistake in the
 * site's own script, to be seen at once. Where pages are made on a server nothing happens.
 */
export function start(options: Options): Hindsight {
  if (!options.site || !options.collector) throw new TypeError("hindsight: start() needs site and collector");
  if (typeof window === "undefined") return () => {};
  // The parts are found by the site's own build. An address made of `import.meta.url` would be one more file to it.
  run({ src: options.collector, dataset: attributes(options) });
  const { hindsight } = window as unknown as { hindsight?: Hindsight };
  return hindsight ?? (() => {});
}
