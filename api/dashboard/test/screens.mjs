// Writes pictures of every page, light and dark, wide and narrow, to test/out/: node test/screens.mjs
import { runnerImport } from 'vite'

const { module } = await runnerImport(new URL('./server/screens.ts', import.meta.url).pathname)
await module.screens(process.argv[2] ?? '')
