import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { words } from './vite.words.ts'

const here = import.meta.dirname
const entries = ['pages', 'panel', 'buyer', 'desk']
  .map((name) => [name, resolve(here, name, 'main.ts')] as const)
  .filter(([, file]) => existsSync(file))

export default defineConfig({
  root: here,
  base: '/static/',
  plugins: [words(), svelte({ compilerOptions: { runes: true } })],
  logLevel: 'warn',
  build: {
    target: 'es2022',
    outDir: resolve(here, '../src/shopbell/web/static'),
    emptyOutDir: true,
    manifest: 'manifest.json',
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    rolldownOptions: { input: Object.fromEntries(entries) },
  },
  test: { include: ['**/*.test.ts'], environment: 'node', restoreMocks: true },
})
