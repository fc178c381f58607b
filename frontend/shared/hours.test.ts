import { expect, test } from 'vitest'
import { isOpen, opensNext } from './hours'

const weekdays = [0, 1, 2, 3, 4]
const shop = {
  zone: 'Asia/Shanghai',
  hours: weekdays.flatMap((weekday) => [{ weekday, opens: '09:00', closes: '12:00' }, { weekday, opens: '13:00', closes: '18:00' }]),
  holidays: ['2026-11-17'],
}
const at = (moment: string) => Date.parse(moment)
const next = (moment: string) => new Date(opensNext(shop, at(moment))!).toISOString()

test('the shop’s clock decides, not the visitor’s', () => {
  expect(isOpen(shop, at('2026-11-16T01:00:00Z'))).toBe(true)
  expect(isOpen(shop, at('2026-11-16T00:59:59Z'))).toBe(false)
})

test('it is closed at noon and opens again after it', () => {
  expect(isOpen(shop, at('2026-11-16T04:30:00Z'))).toBe(false)
  expect(next('2026-11-16T04:30:00Z')).toBe('2026-11-16T05:00:00.000Z')
})

test('a holiday is skipped, and so is a weekend', () => {
  expect(isOpen(shop, at('2026-11-17T02:00:00Z'))).toBe(false)
  expect(next('2026-11-16T12:00:00Z')).toBe('2026-11-18T01:00:00.000Z')
  expect(next('2026-11-20T12:00:00Z')).toBe('2026-11-23T01:00:00.000Z')
})

test('a night shift lasts into the morning', () => {
  const night = { zone: 'Europe/Moscow', hours: [{ weekday: 4, opens: '22:00', closes: '06:00' }], holidays: [] }
  expect(isOpen(night, at('2026-11-21T02:59:00Z'))).toBe(true)
  expect(isOpen(night, at('2026-11-21T03:00:00Z'))).toBe(false)
})

test('summer time shifts the opening', () => {
  const berlin = { zone: 'Europe/Berlin', hours: [{ weekday: 6, opens: '10:00', closes: '12:00' }], holidays: [] }
  expect(new Date(opensNext(berlin, at('2026-10-25T00:30:00Z'))!).toISOString()).toBe('2026-10-25T09:00:00.000Z')
  expect(new Date(opensNext(berlin, at('2026-10-18T00:30:00Z'))!).toISOString()).toBe('2026-10-18T08:00:00.000Z')
})

test('no hours, no opening', () => {
  expect(opensNext({ ...shop, hours: [] }, 0)).toBeUndefined()
})
