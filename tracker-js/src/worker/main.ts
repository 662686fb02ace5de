/** The worker's script: compresses batches off the main thread, in the order in which they come. */
import { squeezeAll } from "../queue/pack";
import type { Texts } from "../queue/plain";

interface Scope {
  onmessage: (event: MessageEvent<Texts>) => void;
  postMessage(message: unknown, transfer: Transferable[]): void;
}

const scope = self as unknown as Scope;
let turn: Promise<unknown> = Promise.resolve();

scope.onmessage = ({ data }) => {
  turn = turn.then(async () => {
    const sections = await squeezeAll(data);
    scope.postMessage(sections, sections.map((s) => s.bytes.buffer));
  });
};
