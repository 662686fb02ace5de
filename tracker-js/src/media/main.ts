/**
 * Sound and film: how they are when they are told, and when they are played, moved in time, made louder or faster.
 * Fetched when an element of the kind is told.
 */
import type { Lazy } from "../recorder/lazy";

const KINDS = "play pause seeked volumechange ratechange";

/** Takes the elements whose state is to be told. */
export const start: Lazy<[Element]>["start"] = (r) => {
  const tell = (element: Node, kind?: number): void => {
    const id = r.id(element);
    const { currentTime, volume, muted, loop, playbackRate, paused } = element as HTMLMediaElement;
    if (id && volume !== undefined)
      r.incremental(7, { type: kind ?? (paused ? 1 : 0), id, currentTime, volume, muted, loop, playbackRate });
  };
  /** What happened while a secret was typed: a page may make a sound for each key. */
  const waiting = new Set<Node>();
  r.on(KINDS, (event, target) => {
    if (r.holding()) waiting.add(target);
    else tell(target, KINDS.split(" ").indexOf(event.type));
  });
  r.each(() => {
    for (const element of waiting) tell(element);
    waiting.clear();
  });
  return tell;
};
