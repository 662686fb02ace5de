import type { Consent, Site, SiteChange } from './types'

/** A site's settings as the form's fields hold them. */
export type SiteForm = {
  name: string
  origins: string
  consent: Consent
  share: number | null
  recordings: number | null
  data: number | null
}

export type FormErrors = Partial<Record<keyof SiteForm, string>>

export const NEW_SITE: SiteForm = { name: '', origins: '', consent: 'ask', share: 100, recordings: 90, data: 365 }

export function formOf(site: Site): SiteForm {
  return {
    name: site.name,
    origins: site.origins.join('\n'),
    consent: site.consent,
    share: Math.round(site.sample_rate * 1000) / 10,
    recordings: site.retention.recordings_days,
    data: site.retention.data_days,
  }
}

export function originsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((origin) => origin !== '')
}

/** What can be said before asking the server; the server's own check is the one that counts. */
export function validate(form: SiteForm): FormErrors {
  const errors: FormErrors = {}
  const origins = originsOf(form.origins)
  const wrong = origins.find((origin) => !/^https?:\/\/[^/?#\s]+$/.test(origin))
  if (form.name.trim() === '') errors.name = 'A name is needed.'
  if (origins.length === 0) errors.origins = 'At least one origin is needed, such as https://www.example.com.'
  else if (wrong) errors.origins = `"${wrong}" is not an origin: scheme, host and port alone, such as https://www.example.com.`
  if (form.share === null || !(form.share >= 0 && form.share <= 100)) errors.share = 'Between 0 and 100.'
  if (!days(form.recordings)) errors.recordings = 'Whole days, 1 to 3650.'
  if (!days(form.data)) errors.data = 'Whole days, 1 to 3650.'
  else if (days(form.recordings) && (form.data ?? 0) < (form.recordings ?? 0)) errors.data = 'Not less than the recordings.'
  return errors
}

function days(value: number | null): boolean {
  return value !== null && Number.isInteger(value) && value >= 1 && value <= 3650
}

export function changeOf(form: SiteForm): SiteChange {
  return {
    name: form.name.trim(),
    origins: originsOf(form.origins),
    consent: form.consent,
    sample_rate: Math.round((form.share ?? 100) * 10) / 1000,
    retention: { recordings_days: form.recordings ?? 90, data_days: form.data ?? 365 },
  }
}
