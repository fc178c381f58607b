import type { Conversation } from './types'

export type Box = 'open' | 'done' | 'all'
export type Order = (a: Conversation, b: Conversation) => number

export const done = (row: Conversation) => row.state === 'resolved' || row.state === 'closed'
export const spokenAt = (row: Conversation) => row.last?.at ?? row.created_at

/** Whether a row that changed under our eyes still belongs in the box on the screen. */
export function belongs(row: Conversation, box: Box): boolean {
  if (row.state === 'new') return false
  return box === 'all' || done(row) === (box === 'done')
}

/** How a list is asked for, which rows of ours are in it (undefined: the server knows), and in which order. */
export interface Rule {
  query: () => object
  holds: (row: Conversation) => boolean | undefined
  order: Order
}

export const byNews: Order = (a, b) => spokenAt(b).localeCompare(spokenAt(a))

/** A buyer's box, the newest on top. */
export const inBox = (box: () => Box): Rule => ({ query: () => ({ box: box() }), holds: (row) => belongs(row, box()), order: byNews })

/** Whether a row that has just come is older than the one we hold: they may overtake each other on their way. */
export const outdated = (row: Conversation, held: Conversation | undefined): boolean =>
  row.version < (held?.version ?? 0)

/** A list as it was asked for, with those rows that have changed since. */
export function freshest(list: Conversation[], held: Conversation[]): Conversation[] {
  const known = new Map(held.map((row) => [row.id, row]))
  return list.map((row) => (outdated(row, known.get(row.id)) ? known.get(row.id)! : row))
}

/** Put a changed row where it now belongs. */
export function fold(rows: Conversation[], row: Conversation, stays: boolean, order: Order): Conversation[] {
  if (outdated(row, rows.find((one) => one.id === row.id))) return rows
  const others = rows.filter((one) => one.id !== row.id)
  return stays ? [...others, row].sort(order) : others
}
