import { expect, test } from 'vitest'
import { type Command, fitness, fitting } from './commands'
import { printed } from './printed'
import { inDays, localMoment } from './times'

const command = (label: string, latin: string): Command => ({ id: latin, label, latin, run: () => {} })
const ALL = [command('Завершить', 'resolve'), command('Ответить', 'reply'), command('Следующий диалог', 'next')]

test('letters that fit in their order find it, in the own language or by the Latin word', () => {
  expect(fitting('отв', ALL).map((one) => one.latin)).toEqual(['reply'])
  expect(fitting('res', ALL).map((one) => one.latin)).toEqual(['resolve'])
  expect(fitting('сд', ALL).map((one) => one.latin)).toEqual(['next'])
  expect(fitting('zzz', ALL)).toEqual([])
  expect(fitting('', ALL)).toHaveLength(3)
})

test('what begins with the letters comes before what only has them', () => {
  expect(fitness('re', 'reply')).toBeGreaterThan(fitness('re', 'prefer'))
})

test('a key is shown as a Latin keyboard prints it', () => {
  expect(['KeyJ', 'KeyG KeyI', 'Slash', 'Digit1'].map(printed)).toEqual([['J'], ['G', 'I'], ['/'], ['1']])
})

test('tomorrow at nine is nine by this clock, also over the end of a month', () => {
  const day = inDays(1, new Date(2026, 0, 31, 23, 30))
  expect([day.getMonth(), day.getDate(), day.getHours(), day.getMinutes()]).toEqual([1, 1, 9, 0])
  expect(localMoment(day)).toBe('2026-02-01T09:00')
})
