/**
 * One file for both sides: in a worker it turns frames into pictures; in the page it exports `start`, which samples
 * the canvases. Loaded only where the site asked for its canvases.
 */
import { encode, type Frame } from "./encode";

export { start } from "./sample";

if (typeof document === "undefined")
  addEventListener("message", ({ data }: MessageEvent<Frame>) => {
    void encode(data).then((answer) => postMessage(answer));
  });
