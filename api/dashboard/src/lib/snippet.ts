import type { Consent } from './types'

/** How a page is told to load the tracker. */
export type SnippetChoices = { key: string; origin: string; consent: Consent; sampleRate: number }

/** The one tag that a site owner pastes. */
export function snippet({ key, origin, consent, sampleRate }: SnippetChoices): string {
  const rate = Math.round(Math.min(1, Math.max(0, sampleRate)) * 1000) / 1000
  return [
    `<script defer src="${attribute(origin)}/t.js"`,
    `        data-site="${attribute(key)}"`,
    `        data-sample-rate="${rate}"`,
    `        data-consent="${attribute(consent)}"></script>`,
  ].join('\n')
}

/** The tracker's origin as the server writes it into its own snippet (it knows its public address), else the dashboard's. */
export function trackerOrigin(serverSnippet: string | undefined, fallback: string): string {
  const source = /\ssrc="([^"]+)\/t\.js"/.exec(serverSnippet ?? '')?.[1]
  return source ?? fallback
}

function attribute(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;')
}
