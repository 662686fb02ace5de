import { isFrameMessage, type FrameMessage, type ParentMessage } from './protocol'

/** The address of the frame for a dashboard at `parent`. */
export function frameAddress(replayOrigin: string, parent: string, remoteAssets: boolean): string {
  const query = remoteAssets ? '?assets=1' : ''
  return `${replayOrigin}/replay-frame.html${query}#parent=${encodeURIComponent(parent)}`
}

/** Why recordings cannot be shown from this origin, or nothing. */
export function originProblem(replayOrigin: string, parent: string): string {
  let url: URL
  try {
    url = new URL(replayOrigin)
  } catch {
    return 'The server names no origin for replays. Set --replay-origin to an address of its own.'
  }
  if (url.origin !== replayOrigin) return `The replay origin "${replayOrigin}" is not an origin (scheme, host and port alone).`
  if (url.origin === parent) {
    return 'The replay origin is the dashboard’s own. Recordings are untrusted: open the dashboard at its other address, or set --replay-origin to another host.'
  }
  return ''
}

/**
 * The parent's end of the conversation. Messages sent before the frame is ready wait; after a reload of the frame
 * (another switch, a crash) `onReady` is called again.
 */
export class FrameLink {
  #ready = false
  #waiting: ParentMessage[] = []
  readonly #frame: HTMLIFrameElement
  readonly #origin: string
  readonly #onMessage: (message: FrameMessage) => void

  constructor(frame: HTMLIFrameElement, origin: string, onMessage: (message: FrameMessage) => void) {
    this.#frame = frame
    this.#origin = origin
    this.#onMessage = onMessage
    window.addEventListener('message', this.#receive)
  }

  send(message: ParentMessage): void {
    if (!this.#ready) {
      this.#waiting.push(message)
      return
    }
    this.#frame.contentWindow?.postMessage(message, this.#origin)
  }

  close(): void {
    window.removeEventListener('message', this.#receive)
    this.#waiting = []
  }

  readonly #receive = (event: MessageEvent<unknown>): void => {
    if (event.source !== this.#frame.contentWindow || event.origin !== this.#origin) return
    if (!isFrameMessage(event.data)) return
    if (event.data.type === 'ready') {
      this.#ready = true
      for (const message of this.#waiting.splice(0)) this.send(message)
    }
    this.#onMessage(event.data)
  }
}
