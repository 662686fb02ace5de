import { parseHash, toHash, type Location } from './route'

class Router {
  #location = $state.raw<Location>(parseHash(window.location.hash))

  constructor() {
    window.addEventListener('hashchange', () => this.#read())
  }

  get location(): Location {
    return this.#location
  }

  /** Goes to another page; `replace` leaves no entry in the browser's history. */
  go(path: string, query: Record<string, string | number | undefined> = {}, replace = false): void {
    const hash = toHash(path, query)
    if (!replace) {
      window.location.hash = hash
      return
    }
    window.history.replaceState(null, '', hash)
    this.#read()
  }

  /** Changes the query of the page that is shown. */
  setQuery(query: Record<string, string | number | undefined>, replace = true): void {
    const path = window.location.hash.replace(/^#/, '').split('?')[0] || '/'
    this.go(path, query, replace)
  }

  #read(): void {
    this.#location = parseHash(window.location.hash)
  }
}

export const router = new Router()
