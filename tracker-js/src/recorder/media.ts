/** Sound and film: played, paused, moved in time, made louder or faster. */
import type { Observing } from "./observe";

const KINDS = ["play", "pause", "seeked", "volumechange", "ratechange"];

export function observeMedia(r: Observing): void {
  r.on(KINDS.join(" "), (event, target) => {
    const id = r.id(target);
    const { currentTime, volume, muted, loop, playbackRate } = target as HTMLMediaElement;
    if (id) r.incremental(7, { type: KINDS.indexOf(event.type), id, currentTime, volume, muted, loop, playbackRate });
  });
}
