import type { Consent } from './types'

/** The consent modes as people choose them. */
export const CONSENT_MODES: { value: Consent; label: string; explanation: string }[] = [
  {
    value: 'ask',
    label: 'Ask: by Hindsight’s own prompt',
    explanation:
      'Nothing is stored or sent until the visitor agrees to the tracker’s prompt, which asks in the page’s language.',
  },
  {
    value: 'required',
    label: 'Required: the site asks',
    explanation: 'Nothing is stored or sent until the site’s own prompt calls hindsight(\'consent\', true).',
  },
  {
    value: 'implied',
    label: 'Implied: recorded until the visitor objects',
    explanation: 'Recording begins at once and stops when the visitor objects: hindsight(\'consent\', false).',
  },
  {
    value: 'none',
    label: 'None: another legal ground',
    explanation: 'The owner of the site has another legal ground; no consent is looked for.',
  },
]
