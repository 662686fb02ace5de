import { typing } from '../lib/keys'
import type { Player } from './player.svelte'

const STEP = 5000

/** The player's keys: space, arrows (with Shift longer), < and >, f. */
export function playerKey(event: KeyboardEvent, player: Player, fullScreen: () => void): void {
  if (typing(event)) return
  const onControl = event.target instanceof HTMLElement && event.target.closest('button, a, [role="slider"]') !== null
  const jump = event.shiftKey ? 6 * STEP : STEP
  switch (event.key) {
    case ' ':
      if (onControl) return // space presses the button that has the focus
      player.toggle()
      break
    case 'ArrowLeft':
      player.seek(player.at - jump)
      break
    case 'ArrowRight':
      player.seek(player.at + jump)
      break
    case '<':
      player.stepSpeed(-1)
      break
    case '>':
      player.stepSpeed(1)
      break
    case 'f':
      fullScreen()
      break
    default:
      return
  }
  event.preventDefault()
}
