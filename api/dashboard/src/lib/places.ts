/**
 * How far down one was on each entry of the browser's history. A new page begins at its top; one that is gone back to
 * begins where it was left, as soon as it is long enough: what it shows is loaded only then, and a browser by itself
 * has given up until then.
 */

/** After this long a page has become as long as it will, ms. */
const PATIENCE = 5000

/** Who has not scrolled for so long has come to rest, ms. The browser keeps that place over a reload. */
const STILL = 150

/** What ends the way back: the visitor's own will. */
const WILL = ['wheel', 'touchstart', 'pointerdown', 'keydown']

type Mark = { entry: number; down?: number }

export class Places {
  #down = new Map<number, number>()
  #entry: number
  #soon: ReturnType<typeof setTimeout> | undefined
  #end: (() => void) | undefined

  constructor() {
    window.history.scrollRestoration = 'manual'
    const mark = marked()
    this.#entry = mark?.entry ?? this.#mark()
    if (mark?.down) this.#lead(mark.down)
    window.addEventListener('scroll', () => this.#keep(), { passive: true })
  }

  /** To be called when the browser's history stands at another entry than before. `moved`: it shows another page. */
  arrive(moved: boolean): void {
    const mark = marked()
    this.#end?.()
    clearTimeout(this.#soon)
    this.#entry = mark?.entry ?? this.#mark()
    if (!moved) return
    if (mark) this.#lead(this.#down.get(mark.entry) ?? mark.down ?? 0)
    else window.scrollTo(0, 0)
  }

  #mark(): number {
    const entry = Date.now() + Math.random()
    window.history.replaceState({ entry } satisfies Mark, '')
    return entry
  }

  #keep(): void {
    if (this.#end) return
    this.#down.set(this.#entry, window.scrollY)
    clearTimeout(this.#soon)
    this.#soon = setTimeout(() => window.history.replaceState({ entry: this.#entry, down: window.scrollY } satisfies Mark, ''), STILL)
  }

  #lead(down: number): void {
    window.history.replaceState({ entry: this.#entry, down } satisfies Mark, '')
    const grown = new ResizeObserver(() => {
      window.scrollTo(0, down)
      if (window.scrollY >= Math.floor(down)) this.#end?.()
    })
    const end = () => {
      this.#end = undefined
      grown.disconnect()
      clearTimeout(timer)
      for (const type of WILL) window.removeEventListener(type, end)
    }
    const timer = setTimeout(end, PATIENCE)
    for (const type of WILL) window.addEventListener(type, end, { passive: true })
    this.#end = end
    grown.observe(document.documentElement)
  }
}

function marked(): Mark | undefined {
  const state = window.history.state as Partial<Mark> | null
  return state?.entry === undefined ? undefined : (state as Mark)
}
