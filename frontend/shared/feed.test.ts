import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Feed } from './feed'
import { offline, Problem } from './problem'
import type { Event, Participant, StreamPage } from './types'

const someone: Participant = { id: 'mei', side: 'seller', name: 'Mei' }
const nothing = { buyer: 0, seller: 0 }
const event = (seq: number): Event => ({ seq, id: `e${seq}`, type: 'message', at: '2026-11-14T10:00:00Z', actor: someone, data: {} })
const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => from + i)

/** A stream on a server, a feed of it, and what a screen shows. */
function world({ head = 0, applied = 0, epoch = 'first' } = {}) {
  const server = { head, epoch: 'first', delay: 100, read: 0, trouble: undefined as Error | undefined }
  const screen = { seqs: range(1, applied), resets: 0, gone: false, read: 0 }
  const fetch = vi.fn(async (stream: string, { after, before, limit = 50 }: { after?: number; before?: number; limit?: number }): Promise<StreamPage> => {
    const { head, epoch, delay, read, trouble } = server
    await new Promise((done) => setTimeout(done, delay))
    if (trouble) throw trouble
    const seqs = before ? range(Math.max(1, before - limit), Math.min(head, before - 1)) : range(after! + 1, Math.min(head, after! + limit))
    return { stream, head, epoch, events: seqs.map(event), reads: { ...nothing, seller: read }, delivered: nothing }
  })
  const feed = new Feed('c.1.p', {
    event: ({ seq }) => screen.seqs.push(seq),
    reset: (page) => {
      screen.resets++
      screen.seqs = page.events.map((one) => one.seq)
    },
    gone: () => (screen.gone = true),
    marks: ({ seller = 0 }) => (screen.read = seller),
  }, fetch, applied, epoch)
  return { server, screen, fetch, feed }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

test('far behind, and the first page fails: it is asked for again until all is here', async () => {
  const { server, screen, feed } = world({ head: 500, applied: 10 })
  server.trouble = offline()
  feed.reach(500)
  await vi.advanceTimersByTimeAsync(200)
  server.trouble = undefined
  await vi.advanceTimersByTimeAsync(2_000)
  expect(screen.seqs).toEqual(range(1, 500))
})

test('a server in trouble is asked less and less often', async () => {
  const { server, fetch, feed } = world({ head: 5 })
  server.trouble = offline()
  feed.reach(5)
  await vi.advanceTimersByTimeAsync(60_000)
  expect(fetch.mock.calls.length).toBeLessThanOrEqual(7)
})

test('the head moves on while pages are being read: the new head is reached', async () => {
  const { server, screen, feed } = world({ head: 250 })
  feed.reach(250)
  server.head = 420
  feed.reach(420)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(screen.seqs).toEqual(range(1, 420))
})

test('another story: what arrives while its page loads comes after the page, and the old copy goes', async () => {
  const { server, screen, feed } = world({ head: 300, applied: 300 })
  Object.assign(server, { head: 20, epoch: 'second' })
  feed.restart(20)
  feed.take(event(21))
  expect([feed.applied, feed.epoch]).toEqual([300, 'first'])
  await vi.advanceTimersByTimeAsync(200)
  expect([screen.resets, screen.seqs]).toEqual([1, range(1, 21)])
  expect([feed.applied, feed.epoch]).toEqual([21, 'second'])
})

test('another story: what was read there while its page was on its way is asked for', async () => {
  const { server, screen, feed } = world({ head: 300, applied: 300 })
  Object.assign(server, { head: 20, epoch: 'second' })
  feed.restart(20)
  server.read = 7
  await vi.advanceTimersByTimeAsync(1_000)
  expect([screen.resets, screen.read]).toEqual([1, 7])
})

test('another story whose page fails: nothing is claimed, and it is tried again', async () => {
  const { server, screen, feed } = world({ head: 300, applied: 300 })
  Object.assign(server, { head: 20, epoch: 'second', trouble: offline() })
  feed.restart(20)
  await vi.advanceTimersByTimeAsync(200)
  expect([screen.resets, feed.applied, feed.epoch]).toEqual([0, 300, 'first'])
  server.trouble = undefined
  await vi.advanceTimersByTimeAsync(2_000)
  expect([screen.resets, feed.applied, feed.epoch]).toEqual([1, 20, 'second'])
})

test('a page of another story than ours makes the copy start anew', async () => {
  const { server, screen, feed } = world({ head: 9, applied: 3 })
  server.epoch = 'second'
  feed.reach(9)
  await vi.advanceTimersByTimeAsync(1_000)
  expect([screen.resets, screen.seqs, feed.epoch]).toEqual([1, range(1, 9), 'second'])
})

test('what was read page by page, without a socket, belongs to the story of those pages', async () => {
  const { server, screen, feed } = world({ head: 3, epoch: '' })
  feed.ask()
  await vi.advanceTimersByTimeAsync(200)
  Object.assign(server, { head: 5, epoch: 'second' })
  feed.ask()
  await vi.advanceTimersByTimeAsync(1_000)
  expect([screen.resets, screen.seqs, feed.epoch]).toEqual([1, range(1, 5), 'second'])
})

test('what was followed from an unknown story on is read anew', async () => {
  const { screen, feed } = world({ head: 3, applied: 3, epoch: '' })
  feed.resume([], 3, 'first')
  await vi.advanceTimersByTimeAsync(1_000)
  expect([screen.resets, screen.seqs, feed.epoch]).toEqual([1, range(1, 3), 'first'])
})

test('access lost while reading: said once, then silence', async () => {
  const { server, screen, fetch, feed } = world({ head: 9 })
  server.trouble = new Problem({ code: 'not_yours', title: '', detail: '', status: 404 })
  feed.reach(9)
  await vi.advanceTimersByTimeAsync(200)
  feed.take(event(12))
  await vi.advanceTimersByTimeAsync(60_000)
  expect([screen.gone, screen.seqs, fetch.mock.calls.length]).toEqual([true, [], 1])
})

test('the wait for a hole ends while a page that will fail is on its way: it is asked for again all the same', async () => {
  const { server, screen, feed } = world({ head: 3 })
  Object.assign(server, { delay: 300, trouble: offline() })
  feed.reach(1)
  feed.take(event(3))
  await vi.advanceTimersByTimeAsync(400)
  server.trouble = undefined
  await vi.advanceTimersByTimeAsync(5_000)
  expect(screen.seqs).toEqual([1, 2, 3])
})

test('the wait for a hole ends while a page of another story is on its way and fails: that story comes all the same', async () => {
  const { server, screen, feed } = world({ head: 300, applied: 300 })
  Object.assign(server, { head: 22, epoch: 'second', delay: 300, trouble: offline() })
  feed.restart(20)
  feed.take(event(22))
  await vi.advanceTimersByTimeAsync(400)
  server.trouble = undefined
  await vi.advanceTimersByTimeAsync(5_000)
  expect([screen.resets, screen.seqs]).toEqual([1, range(1, 22)])
})

test('a question for news that failed is asked again', async () => {
  const { server, screen, feed } = world({ head: 2 })
  server.trouble = offline()
  feed.ask()
  await vi.advanceTimersByTimeAsync(200)
  server.trouble = undefined
  await vi.advanceTimersByTimeAsync(5_000)
  expect(screen.seqs).toEqual([1, 2])
})
