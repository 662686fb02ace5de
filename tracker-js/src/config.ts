/** What the script tag says. */

/** How much a mode leaves to the site: -1 `ask` and everything unknown, 0 `required`, 1 `implied`, 2 `none`. */
export function leniency(mode: unknown): number {
  return ["required", "implied", "none"].indexOf(mode as string);
}

/** A script tag: its address and its `data-` attributes. */
export type Tag = Pick<HTMLScriptElement, "src" | "dataset">;

export interface Config {
  site: string;
  /** Address of the collector without a slash at its end. */
  server: string;
  /** Address of this script: its parts lie beside it. */
  script: string;
  /** Version of the consent wording the site shows. */
  wording: string;
  /** Names of query parameters whose values may be recorded. */
  queries: string[];
  /** Everything the tag says, for what is seldom asked: attributes without `data-`, in camel case. */
  tag: DOMStringMap;
}

/** Share of sessions that send replays, 0…1, as the tag says. */
export function shareOf(tag: DOMStringMap): number {
  return Number(tag.sampleRate ?? 1) || 0;
}

/** Undefined without a site key. */
export function configure(script: Tag | null): Config | undefined {
  const tag = script?.dataset;
  if (!tag?.site) return;
  const { src } = script as Tag;
  return {
    tag,
    site: tag.site,
    server: (tag.collector || new URL(src).origin).replace(/\/$/, ""),
    script: src,
    wording: tag.consentVersion || "1",
    queries: (tag.allowQuery || "").split(/[\s,]+/),
  };
}
