/** What the recorder's observers share: the ids of told nodes, and the ways to tell something. */
import type { Undo } from "../guard";
import type { Host } from "./contract";

export interface Recording {
  host: Host;
  /** The id under which a node (for a shadow root: its host) was told; 0 where it is not told. */
  id(node: Node | null | undefined): number;
  /**
   * Sends an event at once. While nodes are serialised it goes out before the event that brings them, so that it can
   * define what they name.
   */
  emit(type: number, data: unknown): void;
  /**
   * Sends an incremental event (type 3) of this source: its members as they are written short (wire protocol, section 5),
   * or all of them in one object. What has changed in the tree goes first; while nodes are serialised, it follows the
   * event that brings them.
   */
  incremental(source: number, ...members: unknown[]): void;
  /** Whether a protected field is being typed into: what could tell of keys waits until `each` is called again. */
  holding(): boolean;
  /** Called at the end of each flush; never while `holding`. `waited`: what is told was held back. */
  each(tell: (waited: boolean) => void): void;
  /** Judges and tells an attribute again, as if it had changed. */
  again(element: Element, name: string): void;
  /** What `stop` undoes. */
  undo: Undo[];
  /** Ends every listener that was registered with it. */
  signal: AbortSignal;
}
