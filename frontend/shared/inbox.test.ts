import { expect, test, vi } from 'vitest'
import { api } from './api'
import { inBox } from './boxes'
import { Inbox } from './inbox.svelte'
import { offline } from './problem'
import type { Conversation } from './types'

const row = (version: number, state = 'waiting_seller') => ({ id: 'a', version, state, last: null, created_at: '2026-11-14T10:00:00Z' }) as Conversation

test('a conversation that left the box does not come back with an older row', async () => {
  const inbox = new Inbox(inBox(() => 'open'))
  inbox.take(row(6))
  inbox.take(row(8, 'resolved'))
  inbox.take(row(7))
  expect(inbox.rows).toEqual([])
  vi.spyOn(api, 'conversations').mockResolvedValue({ items: [row(7)], next: null })
  await inbox.reload()
  expect(inbox.rows).toEqual([])
  inbox.take(row(9))
  expect(inbox.rows).toHaveLength(1)
})

test('after a server was restored older rows are the newer ones', async () => {
  const inbox = new Inbox(inBox(() => 'open'))
  inbox.take(row(8, 'resolved'))
  vi.spyOn(api, 'conversations').mockResolvedValue({ items: [row(5)], next: null })
  await inbox.reload(true)
  expect(inbox.rows).toMatchObject([{ version: 5 }])
  inbox.take(row(6, 'resolved'))
  expect(inbox.rows).toEqual([])
})

test('a list at which nobody looks any more is not asked for again', async () => {
  vi.useFakeTimers()
  const inbox = new Inbox(inBox(() => 'open'))
  const asked = vi.spyOn(api, 'conversations').mockClear().mockRejectedValue(offline())
  await inbox.reload()
  inbox.search('oak')
  inbox.close()
  await vi.advanceTimersByTimeAsync(60_000)
  vi.useRealTimers()
  expect(asked).toHaveBeenCalledTimes(1)
})

test('a list that could not be read is asked for again', async () => {
  vi.useFakeTimers()
  const inbox = new Inbox(inBox(() => 'open'))
  vi.spyOn(api, 'conversations').mockRejectedValueOnce(offline()).mockResolvedValue({ items: [row(5)], next: null })
  await inbox.reload()
  expect([inbox.problem?.code, inbox.rows]).toEqual(['offline', []])
  await vi.advanceTimersByTimeAsync(1_000)
  vi.useRealTimers()
  expect([inbox.problem, inbox.rows.length]).toEqual([null, 1])
})
