import { count, counted, seconds, span } from './format'
import type { SessionEvent } from './types'

/** What the events list can be narrowed to. */
export const EVENT_GROUPS: { value: string; label: string; kinds: string[] }[] = [
  { value: 'main', label: 'Clicks, errors, custom', kinds: ['click', 'dead', 'error', 'submit', 'event', 'identify'] },
  { value: 'error', label: 'Errors', kinds: ['error'] },
  { value: 'event', label: 'Custom events', kinds: ['event', 'identify', 'set'] },
  { value: 'form', label: 'Forms', kinds: ['field', 'typing', 'submit'] },
  { value: 'vital', label: 'Loading and web vitals', kinds: ['load', 'vital'] },
  { value: 'all', label: 'All', kinds: [] },
]

const NAMES: Record<string, string> = {
  click: 'Click',
  dead: 'Dead click',
  field: 'Field',
  submit: 'Form sent',
  vital: 'Web vital',
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
    case 'dead':
      return { kind, text: 'the click 2.5 s before changed nothing' }
    case 'field':
      return { kind, text: `${event.name} for ${span(event.value)}${howItWent(event)}` }
    case 'submit':
      return { kind, text: `${event.name} with ${counted(event.value, 'field')}` }
    case 'vital':
      return { kind, text: vital(event) }
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

/** How a visit to a field ended, where that tells something. */
function howItWent(event: SessionEvent): string {
  const { n, refills, filled } = event.data ?? {}
  const facts = [
    typeof n === 'number' && n > 0 ? counted(n, 'change') : 'not changed',
    typeof refills === 'number' && refills > 0 ? `filled again ${counted(refills, 'time')}` : '',
    filled === 0 ? 'left empty' : '',
  ]
  return `, ${facts.filter((fact) => fact !== '').join(', ')}`
}

/** `LCP 1.2 s, good`; CLS is a number without unit. */
function vital(event: SessionEvent): string {
  const rating: unknown = event.data?.['rating']
  const value = event.name === 'CLS' ? event.value.toFixed(3) : seconds(event.value)
  return `${event.name} ${value}${typeof rating === 'string' ? `, ${rating.replace('-', ' ')}` : ''}`
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
