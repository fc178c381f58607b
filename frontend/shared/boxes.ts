import type { Conversation } from './types'

export type Box = 'open' | 'done' | 'all'
export type Order = (a: Conversation, b: Conversation) => number

const done = (row: Conversation) => row.state === 'resolved' || row.state === 'closed'
const spokenAt = (row: Conversation) => row.last?.at ?? row.created_at

/** Whether a row that changed under our eyes still belongs in the box on the screen. */
export function belongs(row: Conversation, box: Box): boolean {
  if (row.state === 'new') return false
  return box === 'all' || done(row) === (box === 'done')
}

export const byNews: Order = (a, b) => spokenAt(b).localeCompare(spokenAt(a))

/** Due first, the most urgent on top; then the newest. */
export function byUrgency(a: Conversation, b: Conversation): number {
  if (a.due && b.due) return a.due.at.localeCompare(b.due.at)
  if (a.due || b.due) return a.due ? -1 : 1
  return byNews(a, b)
}

/** Whether a row that has just come is older than the one we hold: they may overtake each other on their way. */
export const outdated = (row: Conversation, held: Conversation | undefined): boolean =>
  row.version < (held?.version ?? 0)

/** A list as it was asked for, with those rows that have changed since. */
export function freshest(list: Conversation[], held: Conversation[]): Conversation[] {
  const known = new Map(held.map((row) => [row.id, row]))
  return list.map((row) => (outdated(row, known.get(row.id)) ? known.get(row.id)! : row))
}

/** Put a changed row where it now belongs. */
export function fold(rows: Conversation[], row: Conversation, box: Box, order: Order): Conversation[] {
  if (outdated(row, rows.find((one) => one.id === row.id))) return rows
  const others = rows.filter((one) => one.id !== row.id)
  return belongs(row, box) ? [...others, row].sort(order) : others
}
