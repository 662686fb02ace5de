/** The present, moving on by itself: relative times are written from it. */
class Now {
  ms = $state(Date.now())

  constructor() {
    window.setInterval(() => (this.ms = Date.now()), 10_000)
  }

  touch(): void {
    this.ms = Date.now()
  }
}

export const now = new Now()
