/** Light, dark, or as the system says. Remembered in this browser only. */
export type Theme = 'system' | 'light' | 'dark'

const KEY = 'hindsight.theme'
const ORDER: Theme[] = ['system', 'light', 'dark']

function remembered(): Theme {
  try {
    return ORDER.find((theme) => theme === window.localStorage.getItem(KEY)) ?? 'system'
  } catch {
    return 'system' // storage may be blocked
  }
}

class ThemeChoice {
  #value = $state<Theme>(remembered())

  get value(): Theme {
    return this.#value
  }

  /** Writes the choice to the root element, where the style sheet looks for it. */
  apply(): void {
    document.documentElement.dataset['theme'] = this.#value
  }

  next(): void {
    this.#value = ORDER[(ORDER.indexOf(this.#value) + 1) % ORDER.length] ?? 'system'
    try {
      window.localStorage.setItem(KEY, this.#value)
    } catch {
      // lasts until the page is closed, then
    }
    this.apply()
  }
}

export const theme = new ThemeChoice()
