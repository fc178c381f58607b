// What a visitor downloads before the first answer, against the budget. Run after a build.
import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'

const folder = resolve(import.meta.dirname, '../src/shopbell/web/static')
const budgets = { launcher: 3, panel: { js: 45, css: 7 }, buyer: { js: 90, css: 12 }, desk: { js: 90, css: 12 } }

const manifest = JSON.parse(readFileSync(resolve(folder, 'manifest.json'), 'utf8'))
const packed = (file) => gzipSync(readFileSync(resolve(folder, file)), { level: 9 }).length / 1024
const total = (files) => files.reduce((sum, file) => sum + packed(file), 0)

function* reached(key, seen = new Set()) {
  if (seen.has(key)) return
  seen.add(key)
  yield manifest[key]
  for (const next of manifest[key].imports ?? []) yield* reached(next, seen)
}

/** An entry, what it imports, and the words of the most wordy language. */
function firstLoad(name) {
  const chunks = [...reached(`${name}/main.ts`)]
  const words = Object.entries(manifest).filter(([key]) => key.includes(`words:${name}/`)).map(([, chunk]) => packed(chunk.file))
  const css = [...new Set(chunks.flatMap((chunk) => chunk.css ?? []))]
  return { js: total(chunks.map((chunk) => chunk.file)) + Math.max(0, ...words), css: total(css) }
}

let over = false
function weigh(what, kilobytes, budget) {
  over ||= kilobytes > budget
  console.log(`${kilobytes > budget ? 'OVER' : 'ok  '} ${what.padEnd(14)} ${kilobytes.toFixed(2).padStart(6)} KB gz of ${budget}`)
}

weigh('launcher', packed('shopbell.js'), budgets.launcher)
for (const name of ['panel', 'buyer', 'desk']) {
  if (!existsSync(resolve(import.meta.dirname, name, 'main.ts'))) continue
  const { js, css } = firstLoad(name)
  weigh(`${name} script`, js, budgets[name].js)
  weigh(`${name} style`, css, budgets[name].css)
}
process.exit(over ? 1 : 0)
