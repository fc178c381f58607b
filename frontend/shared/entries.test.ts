import { expect, test } from 'vitest'
import { byTime } from './entries'
import type { Entry } from './ledger'

const at = (key: string, time: string) => ({ key, at: `2026-11-14T${time}Z` }) as Entry

test('notes stand among the messages by time, and neither list loses its own order', () => {
  const said = [at('m1', '10:00:00'), at('m2', '10:02:00'), at('m3', '10:01:00')]
  const noted = [at('n1', '10:01:00'), at('n2', '10:05:00')]
  expect(byTime(said, noted).map((one) => one.key)).toEqual(['m1', 'n1', 'm2', 'm3', 'n2'])
  expect(byTime(said, [])).toBe(said)
})
