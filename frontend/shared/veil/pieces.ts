import type { Veil } from '../types'

export interface Part { text: string; kind?: Veil['kind'] }

/** Cut a text where it is covered. The server counts whole signs, a string of ours counts halves of some. */
export function pieces(text: string, hidden: Veil[]): Part[] {
  const signs = [...text]
  const parts: Part[] = []
  let end = 0
  for (const one of hidden) {
    if (one.start > end) parts.push({ text: signs.slice(end, one.start).join('') })
    parts.push({ text: signs.slice(one.start, one.end).join(''), kind: one.kind })
    end = one.end
  }
  if (end < signs.length) parts.push({ text: signs.slice(end).join('') })
  return parts
}

/** What is hidden, each kind once. */
export const kinds = (hidden: Veil[]): Veil['kind'][] => [...new Set(hidden.map((one) => one.kind))]

export const COVER = '•••'

/** Where the covers stand in other words for the same, as in a translation; nowhere if some were lost on the way. */
export function coversIn(text: string, hidden: Veil[]): Veil[] {
  const between = text.split(COVER).map((part) => [...part].length)
  if (between.length !== hidden.length + 1) return []
  let end = 0
  return hidden.map(({ kind }, i) => {
    const start = end + between[i]!
    end = start + COVER.length
    return { start, end, kind }
  })
}
