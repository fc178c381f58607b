import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { transform } from 'lightningcss'
import { defineConfig } from 'vite'
import { catalogue } from './vite.words.ts'

const here = import.meta.dirname
const filename = resolve(here, 'launcher/launcher.css')
const sheet = transform({ filename, code: readFileSync(filename), minify: true }).code.toString()
const words = Object.fromEntries(['en', 'zh', 'ru'].map((locale) => [locale, catalogue(locale).launcher]))

/** shopbell.js: one classic script for any page, with its style sheet and words inside. */
export default defineConfig({
  root: here,
  logLevel: 'warn',
  define: { __SHEET__: JSON.stringify(sheet), __WORDS__: JSON.stringify(words) },
  build: {
    target: 'es2020',
    outDir: resolve(here, '../src/shopbell/web/static'),
    emptyOutDir: false,
    lib: { entry: resolve(here, 'launcher/launcher.ts'), formats: ['iife'], name: 'shopbell', fileName: () => 'shopbell.js' },
  },
})
