import type { Problem } from './types'

/** An answer that is not a success, as the problem document says it, or a network failure (status 0). */
export class ApiError extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly detail: string

  constructor(problem: Problem) {
    super(problem.detail ? `${problem.title}: ${problem.detail}` : problem.title)
    this.name = 'ApiError'
    this.status = problem.status
    this.type = problem.type
    this.title = problem.title
    this.detail = problem.detail ?? ''
  }
}

const BY_STATUS: Record<number, string> = {
  401: 'Not logged in',
  403: 'Not allowed',
  404: 'Not found',
  413: 'Too large',
  429: 'Too many requests',
  502: 'The server behind the proxy does not answer',
  503: 'The server cannot answer at the moment',
}

/** Makes an error of any unsuccessful answer: a proxy in between may answer with something other than a problem document. */
export async function errorOf(response: Response): Promise<ApiError> {
  const fallback: Problem = {
    type: 'about:blank',
    status: response.status,
    title: BY_STATUS[response.status] ?? `The server answered ${response.status}`,
  }
  if (!(response.headers.get('content-type') ?? '').includes('json')) return new ApiError(fallback)
  const body: unknown = await response.json().catch(() => null)
  if (typeof body !== 'object' || body === null) return new ApiError(fallback)
  const { type, title, detail } = body as Record<string, unknown>
  return new ApiError({
    type: typeof type === 'string' ? type : fallback.type,
    status: response.status,
    title: typeof title === 'string' && title !== '' ? title : fallback.title,
    ...(typeof detail === 'string' ? { detail } : {}),
  })
}

/** The words shown for a failure, whatever was thrown. */
export function describe(error: unknown): { title: string; detail: string } {
  if (error instanceof ApiError) return { title: error.title, detail: error.detail }
  if (error instanceof Error) return { title: 'Something went wrong', detail: error.message }
  return { title: 'Something went wrong', detail: String(error) }
}
