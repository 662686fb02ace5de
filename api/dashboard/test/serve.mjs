// Serves the built dashboard with made-up data, for looking at it without a Hindsight: npm run serve
import { runnerImport } from 'vite'

const { module } = await runnerImport(new URL('./server/main.ts', import.meta.url).pathname)
await module.main()
