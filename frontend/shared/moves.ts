import type { Conversation, Event, Marks, Side } from './types'

const moves: Record<string, Pick<Conversation, 'state' | 'waiting_on'>> = {
  resolve: { state: 'resolved', waiting_on: 'nobody' },
  reopened: { state: 'waiting_seller', waiting_on: 'seller' },
  closed: { state: 'closed', waiting_on: 'nobody' },
}

/** The row after an event; a row that came later than the event knows better. */
export function moved(row: Conversation, { type, seq }: Event): Conversation {
  const move = moves[type]
  return move && seq > row.head ? { ...row, ...move, head: seq } : row
}

/** Marks never go back, whatever order the news of them comes in. */
export function highest(a: Marks, b: Marks): Marks {
  const sides = new Set([...Object.keys(a), ...Object.keys(b)] as Side[])
  return Object.fromEntries([...sides].map((side) => [side, Math.max(a[side] ?? 0, b[side] ?? 0)]))
}
