import { api } from './api'
import type { Config, Site } from './types'

/** What every page needs: the server's settings and the sites. */
class Installation {
  config = $state.raw<Config | undefined>(undefined)
  sites = $state.raw<Site[] | undefined>(undefined)
  error = $state.raw<unknown>(undefined)

  async load(): Promise<void> {
    this.error = undefined
    try {
      const [config, sites] = await Promise.all([api.config(), api.sites()])
      this.config = config
      this.sites = sites
    } catch (error) {
      this.error = error
    }
  }

  site(id: string): Site | undefined {
    return this.sites?.find((site) => site.id === id)
  }

  /** Puts a new or changed site into the list. */
  put(site: Site): void {
    const others = (this.sites ?? []).filter((known) => known.id !== site.id)
    this.sites = [...others, site].sort((a, b) => a.name.localeCompare(b.name))
  }

  drop(id: string): void {
    this.sites = (this.sites ?? []).filter((site) => site.id !== id)
  }

  forget(): void {
    this.sites = undefined
    this.error = undefined
  }
}

export const installation = new Installation()
