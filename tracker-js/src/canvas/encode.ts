/** Frames of canvases as small pictures, the same way in the worker and, where none can be had, in the page. */

/** What goes to the worker: one frame, and a number for its answer. */
export interface Frame {
  n: number;
  picture: ImageBitmap;
}

export interface Encoded {
  n: number;
  /** `data:` address of a WebP (PNG where the browser writes no WebP); absent when it cannot be had. */
  data?: string;
}

/** Of the pictures; the quality is 0…1. */
const FORM = { type: "image/webp", quality: 0.5 };

/** Whether a worker can encode. */
export const OFFSCREEN = typeof OffscreenCanvas === "function";

/** What a picture is drawn on: an element where the browser has nothing else, as Safari before 16.4. */
function paperOf({ width, height }: ImageBitmap): OffscreenCanvas | HTMLCanvasElement {
  if (OFFSCREEN) return new OffscreenCanvas(width, height);
  return Object.assign(document.createElement("canvas"), { width, height });
}

/** Takes the picture, which is gone afterwards. */
export async function encode({ n, picture }: Frame): Promise<Encoded> {
  try {
    const paper = paperOf(picture);
    (paper.getContext("bitmaprenderer") as ImageBitmapRenderingContext | null)?.transferFromImageBitmap(picture);
    // Firefox's OffscreenCanvas has a `toBlob`, too: it calls nobody back, but returns a promise.
    const blob = "convertToBlob" in paper
      ? await paper.convertToBlob(FORM)
      : await new Promise<Blob | null>((done) => paper.toBlob(done, FORM.type, FORM.quality));
    const reader = new FileReader();
    return await new Promise((resolve) => {
      reader.onloadend = () => resolve({ n, data: reader.result as string });
      reader.readAsDataURL(blob as Blob);
    });
  } catch {
    // The picture holds what another origin keeps to itself, or the browser is older than this.
    return { n };
  }
}
