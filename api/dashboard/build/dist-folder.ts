import { readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin, ResolvedConfig } from 'vite'

const PLACEHOLDER = 'placeholder.txt' // keeps the folder in the repository, for go:embed
const COMPRESSIBLE = /\.(html|js|css|svg|json)$/

/** Empties the output folder before a build and writes .br and .gz beside each text file after it. */
export function distFolder(): Plugin {
  let config: ResolvedConfig
  return {
    name: 'hindsight-dist-folder',
    apply: 'build',
    configResolved(resolved) {
      config = resolved
    },
    async buildStart() {
      const names = await readdir(config.build.outDir).catch(() => [])
      await Promise.all(
        names
          .filter((name) => name !== PLACEHOLDER)
          .map((name) => rm(join(config.build.outDir, name), { recursive: true })),
      )
    },
    async closeBundle() {
      const names = await readdir(config.build.outDir, { recursive: true })
      await Promise.all(
        names.filter((name) => COMPRESSIBLE.test(name)).map((name) => precompress(join(config.build.outDir, name))),
      )
    },
  }
}

async function precompress(path: string): Promise<void> {
  const raw = await readFile(path)
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(raw, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: raw.length } }),
    promisify(gzip)(raw, { level: 9 }),
  ])
  await Promise.all([writeFile(`${path}.br`, br), writeFile(`${path}.gz`, gz)])
}
