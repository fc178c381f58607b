import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { offline, Problem } from '../problem'
import type { ReadFact, Reading, Unsent } from '../types'
import { lineOf, Reader } from './reader.svelte'

const nothing: Reading = { matters: [], facts: [], missing: null, choices: [], courtesy: 'neutral', hidden: [] }
const order: ReadFact = { kind: 'order', value: '2026-51873', start: 6, end: 16 }
const paused = () => vi.advanceTimersByTimeAsync(1000)

beforeEach(() => void vi.useFakeTimers({ now: new Date(2026, 10, 5, 0, 30) }))
afterEach(() => void vi.useRealTimers())

function reader(reading: Partial<Reading> = {}) {
  const asked: Unsent[] = []
  const one = new Reader(async (unsent) => (asked.push(unsent), { ...nothing, ...reading }))
  return { one, asked }
}

test('of all that could be said only the most urgent is', () => {
  const all: Reading = { ...nothing, hidden: ['phone', 'url'], courtesy: 'abusive', missing: 'photo' }
  const none = new Set<never>()
  expect(lineOf(all, none, Infinity)).toEqual({ rank: 0, kind: 'hidden', what: 'phone' })
  expect(lineOf({ ...all, hidden: [] }, none, Infinity)?.kind).toBe('abusive')
  expect(lineOf({ ...all, hidden: [], courtesy: 'upset' }, none, Infinity)?.kind).toBe('missing')
  expect(lineOf({ ...nothing, courtesy: 'upset' }, none, Infinity)?.kind).toBe('upset')
  expect(lineOf({ ...nothing, courtesy: 'polite' }, none, Infinity)).toBeUndefined()
})

test('the server is asked in a pause, once, from three signs on, with the day it is here', async () => {
  const { one, asked } = reader()
  one.write('👍🏽', false)
  await paused()
  one.write('bro', false)
  one.write('broken', true)
  await paused()
  expect(asked).toEqual([{ text: 'broken', photos: true, today: '2026-11-05' }])
})

test('an answer to words that have changed since is not shown', async () => {
  const answers: ((reading: Reading) => void)[] = []
  const one = new Reader(() => new Promise((resolve) => answers.push(resolve)))
  one.write('call me', false)
  await paused()
  one.write('call me not', false)
  answers[0]!({ ...nothing, hidden: ['phone'] })
  await paused()
  expect(one.line).toBeUndefined()
  answers[1]!({ ...nothing, missing: 'order' })
  await paused()
  expect(one.line?.kind).toBe('missing')
})

test('what was put away stays away for this draft, with all that is less urgent, and comes with the next', async () => {
  const found = { ...nothing, missing: 'photo' as const }
  let reading: Reading = found
  const one = new Reader(async () => reading)
  one.write('It is broken', false)
  await paused()
  expect(one.dismiss()).toBe(true)
  expect([one.line, one.dismiss()]).toEqual([undefined, false])
  one.write('It is broken, sadly', false)
  await paused()
  expect(one.line).toBeUndefined()
  reading = { ...found, hidden: ['phone'] }
  one.write('It is broken, call 0151', false)
  await paused()
  expect(one.line?.kind).toBe('hidden')
  reading = found
  one.write('', false)
  one.write('It is broken', false)
  await paused()
  expect(one.line?.kind).toBe('missing')
})

test('what was answered by hand is not asked again in this draft', async () => {
  const { one } = reader({ missing: 'reason' })
  one.write('I send it back', false)
  await paused()
  one.answer('reason')
  expect(one.line).toBeUndefined()
})

test('only confirmed facts that the words still name go with the message, and not with the next', async () => {
  const size: ReadFact = { kind: 'size', value: 'XL', start: 0, end: 2 }
  let facts = [order, size]
  const one = new Reader(async () => ({ ...nothing, facts }))
  one.write('order 2026-51873 XL', false)
  await paused()
  for (const fact of [order, size, size]) one.toggle(fact)
  expect([one.holds(order), one.holds(size)]).toEqual([true, false])
  one.toggle(size)
  facts = [order]
  one.write('order 2026-51873', false)
  await paused()
  expect(one.take()).toEqual([{ kind: 'order', value: '2026-51873' }])
  one.write('order 2026-51873', false)
  await paused()
  expect(one.take()).toEqual([])
})

test.each([[offline()], [new Problem({ status: 429, code: 'too_fast', title: '', detail: '', retry_after: 5 })]])('without an answer one writes on, and it rests a while', async (trouble) => {
  let tries = 0
  const one = new Reader(async () => {
    tries++
    throw trouble
  })
  one.write('Where is it', false)
  await paused()
  one.write('Where is it?', false)
  await paused()
  expect([tries, one.line, one.facts]).toEqual([1, undefined, []])
  await vi.advanceTimersByTimeAsync(10_000)
  one.write('Where is it now', false)
  await paused()
  expect(tries).toBe(2)
})
