import type en from '../../locales/en.json'
import type { Lang, Words } from './types'

type Catalogue = typeof en
type Stem<K> = K extends `${infer Base}_${'one' | 'few' | 'many' | 'other'}` ? Base : K
export type Key = { [S in keyof Catalogue & string]: `${S}.${Stem<keyof Catalogue[S] & string>}` }[keyof Catalogue & string]
export type Facts = Record<string, string | number>
export type Loader = Record<Lang, () => Promise<{ default: Record<string, string> }>>

const known: readonly Lang[] = ['en', 'zh', 'ru']
let spoken: Lang = 'en'
let texts: Record<string, string> = {}
let plural = new Intl.PluralRules('en')

export const lang = (): Lang => spoken

/** Load the words of the page's language; until this has resolved nothing may be drawn. */
export async function speak(loader: Loader, wanted: string = document.documentElement.lang): Promise<void> {
  const locale = known.find((one) => wanted.startsWith(one)) ?? 'en'
  const words = await loader[locale]()
  learn(locale, words.default)
}

export function learn(locale: Lang, words: Record<string, string>): void {
  spoken = locale
  texts = words
  plural = new Intl.PluralRules(locale)
}

async function learnMore(loader: Loader): Promise<void> {
  const words = await loader[spoken]()
  texts = { ...texts, ...words.default }
}

/** Parts of a page that come later, with the words they share: asked for once, and again if they did not come. */
export function partsWith(loader: Loader) {
  let learnt: Promise<void> | undefined
  const words = (): Promise<void> =>
    (learnt ??= learnMore(loader).catch((trouble: unknown) => {
      learnt = undefined
      throw trouble
    }))
  return {
    words,
    part: <T>(loaded: Promise<{ default: T }>): Promise<T> => Promise.all([loaded, words()]).then(([one]) => one.default),
  }
}

/** The text of a key, its {facts} filled in; the fact `n` picks the plural form. */
export function t(key: Key, facts: Facts = {}): string {
  const form = 'n' in facts ? plural.select(Number(facts.n)) : 'other'
  const text = texts[key] ?? texts[`${key}_${form}`] ?? texts[`${key}_other`] ?? key
  return text.replace(/\{(\w+)\}/g, (_, name: string) => String(facts[name] ?? ''))
}

export const has = (key: string): boolean => key in texts

/** Words kept in several languages (titles, reasons): the reader's, else English, else any. */
export function choose(words: Words | string | null | undefined): string {
  if (typeof words === 'string') return words
  return words?.[spoken] ?? words?.en ?? Object.values(words ?? {})[0] ?? ''
}
