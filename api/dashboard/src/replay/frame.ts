/** The replay frame's script: takes orders from its parent, shows one recording or one heatmap at a time. */
import '@rrweb/replay/dist/style.css'
import './frame.css'
import { HeatStage } from '../heatmap/stage'
import { FramePlayer } from './frame-player'
import { PROTOCOL, isParentMessage, type FrameMessage, type ParentMessage } from './protocol'
import { serializeDocument } from './serialize'

const parentOrigin = new URLSearchParams(window.location.hash.slice(1)).get('parent') ?? ''

let player: FramePlayer | undefined
let stage: HeatStage | undefined

function tell(message: FrameMessage): void {
  window.parent.postMessage(message, parentOrigin)
}

function clear(): void {
  player?.destroy()
  stage?.destroy()
  player = undefined
  stage = undefined
  document.body.replaceChildren()
}

function obey(message: ParentMessage): void {
  switch (message.type) {
    case 'load':
      clear()
      player = new FramePlayer(document.body, message.events, message.options, tell)
      return
    case 'heat':
      clear()
      stage = new HeatStage(document.body, message.events, message.drawing, tell)
      return
    case 'play':
      return player?.play(message.at)
    case 'pause':
      return player?.pause()
    case 'seek':
      return player?.seek(message.at)
    case 'speed':
      return player?.setSpeed(message.value)
    case 'skip':
      return player?.setSkip(message.on)
    case 'opacity':
      return stage?.setOpacity(message.value)
    case 'highlight':
      return stage?.highlight(message.selector, message.reveal)
    case 'dom': {
      const shown = player?.iframe ?? stage?.iframe
      if (shown) tell({ ...serializeDocument(shown), type: 'dom', ...(message.id === undefined ? {} : { id: message.id }) })
      return
    }
    case 'points':
      if (stage) tell({ type: 'points', points: stage.points(), ...(message.id === undefined ? {} : { id: message.id }) })
  }
}

function start(): void {
  const embedded = window.parent !== window && parentOrigin !== '' && parentOrigin !== window.location.origin
  if (!embedded) {
    document.body.textContent = 'This page shows recordings inside the Hindsight dashboard.'
    return
  }
  window.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.source !== window.parent || event.origin !== parentOrigin || !isParentMessage(event.data)) return
    try {
      obey(event.data)
    } catch (error) {
      tell({ type: 'failed', message: error instanceof Error ? error.message : String(error) })
    }
  })
  tell({ type: 'ready', version: PROTOCOL })
}

start()
