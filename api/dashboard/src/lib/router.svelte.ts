import { Places } from './places'
import { parseHash, pathOf, toHash, type Location } from './route'

class Router {
  #location = $state.raw<Location>(parseHash(window.location.hash))
  #path = pathOf(window.location.hash)
  #places = new Places()

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
    // The same page stays the entry that it was, and keeps its place.
    window.history.replaceState(this.#path === pathOf(hash) ? window.history.state : null, '', hash)
    this.#read()
  }

  /** Changes the query of the page that is shown. */
  setQuery(query: Record<string, string | number | undefined>, replace = true): void {
    this.go(pathOf(window.location.hash), query, replace)
  }

  #read(): void {
    const before = this.#path
    this.#location = parseHash(window.location.hash)
    this.#path = pathOf(window.location.hash)
    this.#places.arrive(this.#path !== before)
  }
}

export const router = new Router()
