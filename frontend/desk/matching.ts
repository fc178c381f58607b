import type { Offered } from '../shared/types'

const plain = (words: string) => words.toLocaleLowerCase().normalize('NFKC')

/** The macros somebody means: those whose key begins so, then those that have all the words. */
export function matching(all: readonly Offered[], wanted: string): Offered[] {
  const typed = plain(wanted.trim().replace(/^\//, ''))
  if (!typed) return [...all]
  const words = typed.split(/\s+/)
  const named = all.filter((one) => plain(one.macro.body.key).startsWith(typed))
  const said = all.filter((one) => {
    const text = plain(`${one.macro.body.key} ${one.macro.body.name} ${one.filled?.text ?? ''}`)
    return !named.includes(one) && words.every((word) => text.includes(word))
  })
  return [...named, ...said]
}
