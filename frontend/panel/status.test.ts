import { expect, test } from 'vitest'
import type { Shop } from '../shared/types'
import { statusOf } from './status'

const monday = { weekday: 0, opens: '09:00', closes: '18:00' }
const shop = { zone: 'UTC', hours: [monday], holidays: [], promise: { chat_minutes: 5, message_hours: 12, email_hours: 24 } } as unknown as Shop
const open = Date.parse('2026-11-16T10:00:00Z')
const closed = Date.parse('2026-11-16T20:00:00Z')

test('while the shop is open the window says what its clock for a chat says, whether somebody is there or not', () => {
  const [there, gone] = [true, false].map((present) => statusOf(shop, present, open))
  expect([there!.here, gone!.here]).toEqual([true, false])
  expect(gone!.words).toBe(there!.words)
})

test('who is there answers, whatever the hours say; else it says when the shop is back', () => {
  expect(statusOf(shop, true, closed)).toEqual(statusOf(shop, true, open))
  expect(statusOf(shop, false, closed).words).not.toBe(statusOf(shop, false, open).words)
})
