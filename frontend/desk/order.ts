import type { Conversation } from '../shared/types'

/** The one to answer after this: the most urgent that waits for us, else the neighbour in the list. */
export function nextAfter(rows: Conversation[], id: string): Conversation | undefined {
  const place = rows.findIndex((row) => row.id === id)
  const others = rows.filter((row) => row.id !== id)
  return others.find((row) => row.due) ?? others[Math.max(0, Math.min(place, others.length - 1))]
}
