import { lang, t } from '../../shared/i18n'
import { keymap, type Movable, type Verb, VERBS } from '../keys'
import { shops } from '../shops.svelte'
import { printed } from './printed'
import { themes } from './theme'

/** Something the menu can do: what it is called here, by which Latin word it is found, too, and its key. */
export interface Command {
  id: string
  label: string
  latin: string
  key?: string
  run: () => unknown
}

const LANGUAGES = { en: 'English', zh: '中文', ru: 'Русский' }

/** All that can be done at the desk from anywhere. Who adds a verb to the keys has it here, too. */
export function commands(verbs: Record<Verb, () => unknown>): Command[] {
  const { places } = keymap
  const moves = (Object.keys(VERBS) as Movable[]).map((verb) => ({
    id: verb, label: t(`team.do_${verb}`), latin: verb, key: printed(places[verb]).join(' '), run: verbs[verb],
  }))
  const help = { id: 'help', label: t('team.do_help'), latin: 'help keys', key: '?', run: verbs.help }
  return [...moves, help, ...otherShops(), ...tongues(), ...themes()]
}

const otherShops = (): Command[] =>
  shops.others.map(({ shop, name, slug }) => ({
    id: shop, label: t('team.act_for', { shop: name }), latin: `shop ${slug}`, run: () => shops.actFor(shop),
  }))

const tongues = (): Command[] =>
  Object.entries(LANGUAGES).filter(([code]) => code !== lang()).map(([code, name]) => ({
    id: code, label: t('team.speak', { name }), latin: `language ${code}`, run: () => location.assign(`?lang=${code}`),
  }))

/** How well letters fit a name: the letters in their order, best at beginnings of words; below 0 they do not. */
export function fitness(letters: string, name: string): number {
  const wanted = letters.toLocaleLowerCase().replace(/\s/g, '')
  const there = name.toLocaleLowerCase()
  let from = 0
  let score = 0
  for (const letter of wanted) {
    const found = there.indexOf(letter, from)
    if (found < 0) return -1
    score += found === from && from > 0 ? 3 : found === 0 || there[found - 1] === ' ' ? 2 : 0
    from = found + letter.length
  }
  return score
}

/** Those that fit, the best first; all of them as long as nothing was typed. */
export function fitting(letters: string, all: Command[]): Command[] {
  const scored = all.map((one) => ({ one, score: Math.max(fitness(letters, one.label), fitness(letters, one.latin)) }))
  return scored.filter(({ score }) => score >= 0).sort((a, b) => b.score - a.score).map(({ one }) => one)
}
