/** Sound and film: how they are when they are told, and when they are played, moved in time, made louder or faster. */
import type { Observing } from "./observe";

const MEDIA = /^(audio|video)$/i;
const KINDS = ["play", "pause", "seeked", "volumechange", "ratechange"];

/** Returns what tells an element's state; anything but sound and film has none. */
export function observeMedia(r: Observing): (element: Node, kind?: number) => void {
  const tell = (element: Node, kind?: number): void => {
    if (!MEDIA.test(element.nodeName)) return;
    const id = r.id(element);
    const { currentTime, volume, muted, loop, playbackRate, paused } = element as HTMLMediaElement;
    if (id && currentTime !== undefined && volume !== undefined)
      r.incremental(7, { type: kind ?? (paused ? 1 : 0), id, currentTime, volume, muted, loop, playbackRate });
  };
  r.on(KINDS, (event, target) => tell(target, KINDS.indexOf(event.type)));
  return tell;
}
