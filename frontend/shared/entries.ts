import type { Entry, Fact } from './ledger'

export const isOurs = (entry: Entry): boolean => entry.kind === 'fact' || entry.ours

/** Each list keeps its own order; between the two, time decides. */
export function byTime(said: Entry[], noted: Entry[]): Entry[] {
  if (!noted.length) return said
  const merged: Entry[] = []
  let n = 0
  for (const one of said) {
    while (n < noted.length && Date.parse(noted[n]!.at) <= Date.parse(one.at)) merged.push(noted[n++]!)
    merged.push(one)
  }
  return [...merged, ...noted.slice(n)]
}

const ends = new Set(['no_reply_needed', 'resolve', 'escalate', 'reopened'])

/** What a promise was made for is over: the shop has spoken or acted, or it is somebody else's turn. */
const settles = (entry: Entry): boolean =>
  entry.kind === 'fact' ? ends.has(entry.type) || (entry.type === 'case' && entry.actor.side === 'seller')
  : entry.kind === 'message' && entry.actor.side === 'seller' && !entry.automatic

/** Whether somebody's settling of the matter is known to be stored, and nobody took it up again. */
export function isSettled(entries: Entry[]): boolean {
  const last = entries.findLast((one) => one.kind === 'fact' && (one.type === 'resolve' || one.type === 'reopened'))
  return last?.kind === 'fact' && last.type === 'resolve'
}

/** The last promise that was broken, unless what it was made for is over: a new question has a new one. */
export function brokenPromise(entries: Entry[]): Fact | undefined {
  const last = entries.findLast((one) => settles(one) || (one.kind === 'fact' && one.type === 'answer_overdue'))
  return last?.kind === 'fact' && last.type === 'answer_overdue' ? last : undefined
}
