import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Plugin } from 'vite'

const locales = ['en', 'zh', 'ru'] as const
const folder = resolve(import.meta.dirname, '../locales')
const shared = ['thread', 'outbox']
const more: Record<string, string[]> = { buyer: ['tracking', 'search'], desk: ['tracking', 'search'] }
/** Words that come later, with the part of a page that says them. */
const later = ['case', 'veil', 'report', 'satisfaction', 'ahead', 'translation', 'suggest', 'team', 'views', 'pick', 'facts']

export type Catalogue = Record<string, Record<string, string>>

export function catalogue(locale: string): Catalogue {
  return JSON.parse(readFileSync(resolve(folder, `${locale}.json`), 'utf8'))
}

/** `words:panel` gives a loader per locale; each locale's chunk holds only the sections that entry reads. */
export function words(): Plugin {
  return {
    name: 'words',
    resolveId: (id) => (id.startsWith('words:') ? `\0${id}` : undefined),
    load(id) {
      if (!id.startsWith('\0words:')) return
      const [entry, locale] = id.slice('\0words:'.length).split('/') as [string, string?]
      if (!locale) return loaders(entry)
      this.addWatchFile(resolve(folder, `${locale}.json`))
      return `export default ${JSON.stringify(flat(catalogue(locale), sections(entry)))}`
    },
  }
}

const sections = (entry: string) => (later.includes(entry) ? [entry] : [entry, ...shared, ...(more[entry] ?? [])])

function loaders(entry: string): string {
  const each = locales.map((locale) => `${locale}: () => import('words:${entry}/${locale}')`)
  return `export default { ${each.join(', ')} }`
}

function flat(all: Catalogue, sections: string[]): Record<string, string> {
  const pairs = sections.flatMap((section) =>
    Object.entries(all[section] ?? {}).map(([key, text]) => [`${section}.${key}`, text] as const),
  )
  return Object.fromEntries(pairs)
}
