import { count, span } from './format'
import type { SessionEvent } from './types'

/** What the events list can be narrowed to. */
export const EVENT_GROUPS: { value: string; label: string; kinds: string[] }[] = [
  { value: 'main', label: 'Clicks, errors, custom', kinds: ['click', 'error', 'event', 'identify'] },
  { value: 'error', label: 'Errors', kinds: ['error'] },
  { value: 'event', label: 'Custom events', kinds: ['event', 'identify', 'set'] },
  { value: 'all', label: 'All', kinds: [] },
]

const NAMES: Record<string, string> = {
  click: 'Click',
  error: 'Error',
  event: 'Event',
  identify: 'Identified',
  set: 'Properties set',
  consent: 'Consent',
  typing: 'Typed',
  scroll: 'Scrolled',
  load: 'Page loaded',
  visible: 'Visibility',
  gap: 'Gap',
}

/** One line about an event: what it is, and of what. */
export function eventText(event: SessionEvent): { kind: string; text: string } {
  const kind = NAMES[event.kind] ?? event.kind
  switch (event.kind) {
    case 'scroll':
      return { kind, text: `to ${count(Math.round(event.value))} px` }
    case 'load':
      return { kind, text: `in ${span(event.value)}` }
    case 'typing':
      return { kind, text: `${count(event.value)} keys in ${event.name}` }
    case 'visible':
      return { kind: event.value > 0 ? 'Page shown' : 'Page hidden', text: '' }
    default:
      return { kind, text: event.name }
  }
}

/** The stack of an error, where one was recorded. */
export function stackOf(event: SessionEvent): string {
  const stack: unknown = event.data?.['stack']
  return typeof stack === 'string' ? stack : ''
}

/** The properties of a custom event as text. */
export function propertiesOf(event: SessionEvent): string {
  const props: unknown = event.data?.['props'] ?? event.data?.['traits']
  return props && typeof props === 'object' && Object.keys(props).length > 0 ? JSON.stringify(props, null, 1) : ''
}
