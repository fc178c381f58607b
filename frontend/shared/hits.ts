import type { Hit } from './types'

/** Names what was found in an address, for the thread to show it. */
export const markOf = ({ audience, seq }: Pick<Hit, 'audience' | 'seq'>) => `#${audience}${seq}`

/** The excerpt in pieces, and which of them were looked for. Marks count characters, not the halves of emoji. */
export function pieces({ excerpt, marks }: Pick<Hit, 'excerpt' | 'marks'>): [string, boolean][] {
  const letters = [...excerpt]
  const edges = [0, ...marks.flat(), letters.length]
  const found = edges.slice(1).map((end, place): [string, boolean] => [letters.slice(edges[place], end).join(''), place % 2 === 1])
  return found.filter(([text]) => text)
}
