import type { Conversation } from '../shared/types'

export type Box = 'open' | 'done' | 'all'

const done = (row: Conversation) => row.state === 'resolved' || row.state === 'closed'

/** Whether a row that changed under our eyes still belongs in the box on the screen. */
export function belongs(row: Conversation, box: Box): boolean {
  if (row.state === 'new') return false
  return box === 'all' || done(row) === (box === 'done')
}

const spokenAt = (row: Conversation) => row.last?.at ?? row.created_at

/** Due first, the most urgent on top; then the newest. The server's order, kept up by rows that arrive live. */
export function byUrgency(a: Conversation, b: Conversation): number {
  if (a.due && b.due) return a.due.at.localeCompare(b.due.at)
  if (a.due || b.due) return a.due ? -1 : 1
  return spokenAt(b).localeCompare(spokenAt(a))
}

/** Put a changed row where it now belongs. */
export function fold(rows: Conversation[], row: Conversation, box: Box): Conversation[] {
  const others = rows.filter((one) => one.id !== row.id)
  return belongs(row, box) ? [...others, row].sort(byUrgency) : others
}

/** The one to answer after this: the most urgent that waits for us, else the neighbour in the list. */
export function nextAfter(rows: Conversation[], id: string): Conversation | undefined {
  const place = rows.findIndex((row) => row.id === id)
  const others = rows.filter((row) => row.id !== id)
  return others.find((row) => row.due) ?? others[Math.max(0, Math.min(place, others.length - 1))]
}
