/** Names for the shapes of openapi.yaml; the shapes themselves are generated from it before every build and check. */
import type { components, paths } from './schema.gen'

type Schemas = components['schemas']
type Json<T> = T extends { content: { 'application/json': infer B } } ? B : never
type Ok<P extends keyof paths> = paths[P] extends { get: { responses: { 200: infer R } } } ? Json<R> : never

/** A proxy in between may answer with a type that is not one of ours. */
export type Problem = Omit<Schemas['Problem'], 'type'> & { type: string }
export type Size = Schemas['Size']
export type Band = Schemas['Band']
export type Session = Schemas['Session']
export type SiteChange = Schemas['SiteChange']
export type Retention = { recordings_days: number; data_days: number }
export type Site = Required<Omit<SiteChange, 'retention'>> & { retention: Retention } & Pick<
    Schemas['Site'],
    'id' | 'key' | 'created_at' | 'snippet'
  >
export type Consent = Site['consent']

export type SiteStatus = Ok<'/sites/{site}/status'>
export type SessionList = Ok<'/sites/{site}/sessions'>
type Detail = Ok<'/sites/{site}/sessions/{session}'>
/** One session; the data of an event is whatever was recorded. */
export type SessionDetail = Omit<Detail, 'events'> & { events: SessionEvent[] }
export type PageView = SessionDetail['page_views'][number]
export type RecordedDocument = SessionDetail['documents'][number]
export type Gap = SessionDetail['gaps'][number]
export type SessionEvent = Omit<Detail['events'][number], 'data'> & { data?: Record<string, unknown> }
export type PageFigures = Ok<'/sites/{site}/pages'>
export type PageRow = PageFigures['pages'][number]
export type DayRow = PageFigures['days'][number]
export type Heatmap = Ok<'/sites/{site}/heatmap'>
export type HeatPoint = Heatmap['points'][number]
export type HeatElement = Heatmap['elements'][number]
export type ScrollBand = Heatmap['scroll'][number]
export type HeatKind = Heatmap['kind']

/** What `GET /config.json` answers: set by the server, not by a site. */
export type Config = { replay_origin: string; version: string; demo: boolean }
