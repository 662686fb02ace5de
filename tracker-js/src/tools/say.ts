/* eslint-disable no-console -- asked for by data-debug */
import { shareOf } from "../config";
import { look, type Treatment } from "./look";
import type { Host } from "../host";

const STATES = ["unknown", "granted", "denied", "implied", "not needed"];

/** What is recorded of this page and what is hidden, in the words of the docs. */
function summary(host: Host): void {
  const { config, consent } = host;
  console.info(
    `hindsight: recording site ${config.site}; consent: ${STATES[consent.state()]}; ` +
      `replays of ${+(Math.max(0, Math.min(1, shareOf(config.tag))) * 100).toFixed(2)} % of sessions at most, signals of all.`,
  );
  const lists: Record<Treatment, Element[]> = { protected: [], blocked: [], masked: [], unmasked: [] };
  for (const [element, treatment] of look(host)) lists[treatment].push(element);
  for (const [treatment, elements] of Object.entries(lists))
    console.info(`hindsight: ${treatment}: ${elements.length}`, ...elements);
}

export function say(host: Host, what: unknown[]): void {
  console.info("hindsight:", ...what);
  if (what[0] === "recording") summary(host);
}
