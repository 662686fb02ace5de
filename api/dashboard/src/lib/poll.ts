/** Calls `work` every `ms` while the page is visible, never twice at once, until the returned function is called. */
export function poll(ms: number, work: () => Promise<unknown>): () => void {
  let stopped = false
  let timer: number | undefined
  const next = () => {
    timer = window.setTimeout(async () => {
      if (document.visibilityState === 'visible') {
        await work().catch(() => undefined) // the work shows its own failures; polling goes on
      }
      if (!stopped) next()
    }, ms)
  }
  next()
  return () => {
    stopped = true
    window.clearTimeout(timer)
  }
}
