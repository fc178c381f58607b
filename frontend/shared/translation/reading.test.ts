import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Reading } from './reading.svelte'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const item = (seq: number, text: string) => ({ seq, text, language: 'ru' })

test('messages shown at one moment are asked for together, once', async () => {
  const ask = vi.fn(async (seqs: number[]) => ({ items: seqs.map((seq) => item(seq, `said ${seq}`)), waiting: [] }))
  const reading = new Reading(ask)
  for (const seq of [1, 2, 1]) reading.wish({ seq, text: 'слова' })
  await vi.advanceTimersByTimeAsync(100)
  reading.wish({ seq: 1, text: 'слова' })
  await vi.advanceTimersByTimeAsync(100)
  expect(ask.mock.calls).toEqual([[[1, 2], false]])
  expect(reading.of({ seq: 2, text: 'слова' })?.text).toBe('said 2')
})

test('what is being worked on is looked for again, ever more rarely, and at last given up', async () => {
  const ask = vi.fn(async (seqs: number[], _again: boolean) => ({ items: [], waiting: seqs }))
  new Reading(ask).wish({ seq: 1, text: 'слова' })
  await vi.advanceTimersByTimeAsync(120_000)
  expect(ask.mock.calls.map(([, again]) => again)).toEqual([false, true, true, true, true, true, true])
})

test('after an edit the old translation is shown no more, and the new words are asked for', async () => {
  const ask = vi.fn(async ([seq]: number[]) => ({ items: [item(seq!, 'old')], waiting: [] }))
  const reading = new Reading(ask)
  reading.wish({ seq: 1, text: 'старое' })
  await vi.advanceTimersByTimeAsync(100)
  expect(reading.of({ seq: 1, text: 'старое' })?.text).toBe('old')
  expect(reading.of({ seq: 1, text: 'новое' })).toBeUndefined()
  reading.wish({ seq: 1, text: 'новое' })
  await vi.advanceTimersByTimeAsync(100)
  expect(ask).toHaveBeenCalledTimes(2)
})

test('a line that breaks leaves the original, and is tried again', async () => {
  const ask = vi.fn().mockRejectedValueOnce(new Error('cut')).mockResolvedValue({ items: [item(1, 'said')], waiting: [] })
  const reading = new Reading(ask)
  reading.wish({ seq: 1, text: 'слова' })
  await vi.advanceTimersByTimeAsync(100)
  expect(reading.of({ seq: 1, text: 'слова' })).toBeUndefined()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(reading.of({ seq: 1, text: 'слова' })?.text).toBe('said')
})

test('what is not sent yet is asked of nobody', async () => {
  const ask = vi.fn()
  new Reading(ask).wish({ text: 'слова' })
  await vi.advanceTimersByTimeAsync(100)
  expect(ask).not.toHaveBeenCalled()
})
