import type { Entry } from './ledger'

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
