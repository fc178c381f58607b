import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Participant } from './types'
import { Typing } from './typing.svelte'

const me: Participant = { id: 'mei', side: 'seller', name: 'Mei' }
const colleague: Participant = { id: 'li', side: 'seller', name: 'Li' }
const buyer: Participant = { id: 'anna', side: 'buyer', name: 'Anna' }

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('typing is told at most every three seconds, and taken back after a pause', () => {
  const tell = vi.fn()
  const typing = new Typing(me, tell)
  for (let n = 0; n < 8; n++) {
    typing.type()
    vi.advanceTimersByTime(500)
  }
  expect(tell.mock.calls).toEqual([[true], [true]])
  vi.advanceTimersByTime(4_000)
  expect(tell).toHaveBeenLastCalledWith(false)
})

test('the other side and a colleague are told apart; who has spoken, or fell silent, types no more', () => {
  const typing = new Typing(me, () => {})
  typing.hear({ ...buyer, on: true })
  typing.hear({ ...colleague, on: true })
  expect([typing.other?.name, typing.rival]).toEqual(['Anna', 'Li'])
  typing.spoke(buyer)
  expect([typing.other, typing.rival]).toEqual([null, 'Li'])
  vi.advanceTimersByTime(5_000)
  expect(typing.rival).toBe('')
})
