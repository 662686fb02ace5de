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

/** Quality of the pictures, 0…1. */
const QUALITY = 0.5;

/** Takes the picture, which is gone afterwards. */
export async function encode({ n, picture }: Frame): Promise<Encoded> {
  try {
    const paper = new OffscreenCanvas(picture.width, picture.height);
    paper.getContext("bitmaprenderer")?.transferFromImageBitmap(picture);
    const blob = await paper.convertToBlob({ type: "image/webp", quality: QUALITY });
    const reader = new FileReader();
    return await new Promise((resolve) => {
      reader.onloadend = () => resolve({ n, data: reader.result as string });
      reader.readAsDataURL(blob);
    });
  } catch {
    // The picture holds what another origin keeps to itself, or the browser is older than this.
    return { n };
  }
}
