/**
 * Something loaded from the API: what is there, what failed, whether a load is under way. A load that is overtaken
 * by a newer one is aborted and its answer dropped, so that an old answer never lies under new filters.
 */
export class Resource<T> {
  data = $state.raw<T | undefined>(undefined)
  error = $state.raw<unknown>(undefined)
  loading = $state(false)
  #abort: AbortController | undefined

  /** Loads anew. With `keep` the old data stays until the new has come, and stays when loading fails. */
  async load(fetcher: (signal: AbortSignal) => Promise<T>, keep = false): Promise<void> {
    this.#abort?.abort()
    const abort = new AbortController()
    this.#abort = abort
    this.loading = true
    if (!keep) {
      this.data = undefined
      this.error = undefined
    }
    try {
      const data = await fetcher(abort.signal)
      if (abort.signal.aborted) return
      this.data = data
      this.error = undefined
    } catch (error) {
      if (abort.signal.aborted) return
      this.error = error
    } finally {
      if (this.#abort === abort) this.loading = false
    }
  }

  stop(): void {
    this.#abort?.abort()
  }
}
