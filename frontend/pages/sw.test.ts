// @vitest-environment node
import { readFile } from 'node:fs/promises'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'

const SOURCE = await readFile(new URL('../../src/shopbell/web/pages/assets/sw.js', import.meta.url), 'utf8')

/** A house whose files can be away, and what a browser keeps of it. */
class House {
  files: Record<string, string> = {}
  kept = new Map<string, string>()
  private heard: Record<string, (event: { waitUntil: (work: Promise<unknown>) => void }) => void> = {}

  constructor() {
    const self = { addEventListener: (name: string, does: never) => void (this.heard[name] = does), skipWaiting() {} }
    const shell = {
      put: async (path: string, answer: Response) => void this.kept.set(path, await answer.text()),
      addAll: async (paths: string[]) => {
        const all = await Promise.all(paths.map((path) => this.get(path)))
        if (!all.every(({ ok }) => ok)) throw new TypeError('a file is away')
        for (const [n, answer] of all.entries()) this.kept.set(paths[n]!, await answer.text())
      },
      keys: async () => [...this.kept.keys()].map((path) => ({ url: `https://shop.example${path}` })),
      delete: async ({ url }: { url: string }) => this.kept.delete(new URL(url).pathname),
    }
    const caches = { open: async () => shell, delete: async () => this.kept.clear() }
    runInNewContext(SOURCE, { self, caches, fetch: (path: string) => this.get(path), URL })
  }

  async opens() {
    let work: Promise<unknown> | undefined
    this.heard.message!({ waitUntil: (done) => (work = done) })
    await work
  }

  private get = async (path: string) =>
    path in this.files ? new Response(this.files[path]) : new Response('', { status: 404 })
}

test('the page for want of a line is replaced whole, or stays as it was', async () => {
  const house = new House()
  const page = (style: string) => `<link href="/static/${style}.css">`
  house.files = { '/offline': page('old'), '/static/old.css': 'old' }
  await house.opens()
  const before = { '/static/old.css': 'old', '/offline': page('old') }
  expect(Object.fromEntries(house.kept)).toEqual(before)

  house.files = { '/offline': page('new') }
  await house.opens()
  expect(Object.fromEntries(house.kept)).toEqual(before)

  house.files['/static/new.css'] = 'new'
  await house.opens()
  expect(Object.fromEntries(house.kept)).toEqual({ '/offline': page('new'), '/static/new.css': 'new' })
})
