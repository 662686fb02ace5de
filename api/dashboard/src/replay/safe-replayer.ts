import { Replayer } from '@rrweb/replay'
import { keepAdopted } from './adopted'
import type { RecordedEvent } from './protocol'
import { keepRules } from './rules'

type Config = ConstructorParameters<typeof Replayer>[1]
type Events = ConstructorParameters<typeof Replayer>[0]

/**
 * Makes a Replayer whose page can do nothing: no UNSAFE flag is ever set, its iframe keeps sandbox="allow-same-origin"
 * alone (no scripts, no forms, no pop-ups, no refresh), and `inert` keeps the keyboard and the pointer out of it, so
 * that no link can be followed. Throws when the sandbox is anything else.
 */
export function safeReplayer(root: HTMLElement, events: RecordedEvent[], config: Config): Replayer {
  const replayer = new Replayer(events as unknown as Events, {
    ...config,
    root,
    UNSAFE_replayCanvas: false,
    triggerFocus: false,
    showWarning: false,
    showDebug: false,
  })
  replayer.iframe.inert = true
  replayer.iframe.referrerPolicy = 'no-referrer'
  replayer.iframe.title = 'The recorded page'
  if (replayer.iframe.getAttribute('sandbox') !== 'allow-same-origin') {
    replayer.destroy()
    throw new Error('The replay is not sandboxed as it must be; nothing is shown.')
  }
  keepAdopted(replayer)
  keepRules(replayer)
  return replayer
}
