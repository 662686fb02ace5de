import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { distFolder } from './build/dist-folder.ts'

// Two pages: the dashboard, and the replay frame that is served from another origin.
export default defineConfig({
  base: './',
  plugins: [svelte(), distFolder()],
  build: {
    target: 'es2022',
    emptyOutDir: false, // distFolder() empties it, but keeps placeholder.txt
    assetsInlineLimit: 0, // the policy allows no inline scripts or styles from elsewhere; files are simplest
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 700,
    rolldownOptions: { input: { index: 'index.html', 'replay-frame': 'replay-frame.html' } },
  },
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    fileParallelism: false,
  },
})
