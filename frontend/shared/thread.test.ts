import { beforeEach, describe, expect, test, vi } from 'vitest'
import { api } from './api'
import type { Follower } from './feed'
import type { Said } from './ledger'
import { MemoryStore } from './store'
import { Outbox } from './outbox'
import { offline, Problem } from './problem'
import type { Seat } from './seat'
import { Thread } from './thread.svelte'
import { toasts } from './toast.svelte'
import type { Conversation, Event, Participant, StreamPage } from './types'

const mei: Participant = { id: 'mei', side: 'seller', name: 'Mei' }
const nothing = { buyer: 0, seller: 0 }
const event = (seq: number, type = 'message'): Event => ({ seq, id: `e${seq}`, type, at: '2026-11-14T10:00:00Z', actor: mei, data: { text: `no. ${seq}` } })
const row = (facts: Partial<Conversation>) =>
  ({ id: '1', shop: { id: 's' }, head: 2, notes_head: 0, state: 'waiting_seller', waiting_on: 'seller', reads: nothing, delivered: nothing, ...facts }) as Conversation
const page: StreamPage = { stream: 'c.1.p', head: 2, epoch: 'first', events: [event(1), event(2)], reads: nothing, delivered: nothing }

/** A buyer before one conversation, and who follows its stream. */
function world({ notes = false } = {}) {
  const followers = new Set<Follower>()
  const of: Record<string, Follower> = {}
  const outbox = new Outbox(new MemoryStore())
  const from: Record<string, string | undefined> = {}
  let reopened: (anew: boolean) => void = () => {}
  const line = {
    epoch: 'first',
    watch: () => () => {}, onfresh: (back: (anew: boolean) => void) => ((reopened = back), () => {}), onpresence: () => () => {}, ack: vi.fn(), read: vi.fn(), marked: vi.fn(), typing: vi.fn(), now: Date.now,
    follow: (stream: string, follower: Follower, { epoch }: { epoch?: string }) => {
      followers.add(follower)
      from[stream] = epoch
      of[stream] = follower
      return () => followers.delete(follower)
    },
  }
  const seat = { person: { id: 'anna', side: 'buyer', name: 'Anna' }, line, outbox } as unknown as Seat
  const reopen = (epoch = line.epoch) => {
    const anew = line.epoch !== epoch
    line.epoch = epoch
    reopened(anew)
  }
  return { thread: new Thread(seat, row({ version: 5, notes_head: 2 }), { notes }), followers, from, of, outbox, line, reopen }
}

beforeEach(() => {
  vi.spyOn(api, 'page').mockResolvedValue(page)
  vi.spyOn(api, 'conversation').mockResolvedValue(row({ version: 5, notes_head: 2 }))
})

test('what was said to a conversation that was merged is shown where it goes on', async () => {
  const { thread, outbox } = world()
  await thread.open()
  outbox.connect({ epoch: 'first', send: async (_stream, cmid) => ({ cmid, id: 'e9', seq: 9, at: '2026-11-14T10:00:00Z', replayed: false, stream: 'c.2.p' }) })
  void thread.say('still here?')
  await vi.waitFor(() => expect(thread.onward).toBe('2'))
  expect(thread.entries.map((one) => one.seq)).toEqual([1, 2])
})

describe('a team in one thread', () => {
  test('says with an answer what stood here when it was begun, and with the next one what stands now', async () => {
    const { thread, of, outbox } = world({ notes: true })
    const written = vi.spyOn(outbox, 'write')
    await thread.open()
    thread.type()
    of['c.1.p']!.event(event(3))
    void thread.say('begun at two')
    void thread.say('and now')
    void thread.say('a note', { note: true, mentions: ['oleg'] })
    expect(written.mock.calls.map(([, , data, more]) => [data, more?.seen])).toEqual([
      [{ text: 'begun at two' }, 2], [{ text: 'and now' }, 3], [{ text: 'a note', mentions: ['oleg'] }, undefined],
    ])
  })

  test('a buyer never says what they have seen: nobody of their side can cross them', async () => {
    const { thread, outbox } = world()
    const written = vi.spyOn(outbox, 'write')
    await thread.open()
    void thread.say('x')
    expect(written.mock.calls[0]![3]).toEqual({})
  })

  test('knows who reads along, without oneself, and forgets them with the thread', async () => {
    const { thread, line } = world({ notes: true })
    let hear: (presence: object) => void = () => {}
    line.onpresence = ((listener: typeof hear) => ((hear = listener), () => {})) as typeof line.onpresence
    await thread.open()
    const reader = (person: string, name: string, on = true, stream = 'c.1.n') => hear({ side: 'seller', on, stream, person, name })
    reader('oleg', 'Oleg')
    reader('vera', 'Vera')
    reader('anna', 'Anna')
    reader('lena', 'Lena', true, 'c.2.n')
    reader('vera', 'Vera', false)
    expect(thread.readers).toEqual({ oleg: 'Oleg' })
    thread.close()
    expect(thread.readers).toEqual({})
  })
})

describe('a thread that is closed while it loads', () => {
  test('follows nothing afterwards', async () => {
    const { thread, followers } = world()
    let answer = (_: StreamPage) => {}
    vi.mocked(api.page).mockImplementationOnce(() => new Promise((give) => (answer = give)))
    const opening = thread.open()
    await vi.waitFor(() => expect(api.page).toHaveBeenCalled())
    thread.close()
    answer(page)
    await opening
    expect(followers.size).toBe(0)
  })

  test('and opened again at once is followed once', async () => {
    const { thread, followers } = world()
    const before = thread.open()
    thread.close()
    await Promise.all([before, thread.open()])
    expect([followers.size, thread.loading, thread.entries.length]).toEqual([1, false, 2])
  })
})

describe('news that overtook each other', () => {
  test('an older row changes nothing but marks', () => {
    const { thread } = world()
    thread.update(row({ version: 7, state: 'resolved', reads: { buyer: 0, seller: 1 } }))
    thread.update(row({ version: 6, reads: { buyer: 0, seller: 2 } }))
    expect(thread.conversation.state).toBe('resolved')
    thread.update(row({ version: 8 }))
    expect(thread.conversation.state).toBe('waiting_seller')
  })

  test('an event that the row already knows of does not move it back', async () => {
    const { thread, followers } = world()
    await thread.open()
    const [follower] = followers
    thread.update(row({ version: 9, head: 4 }))
    follower!.event(event(3, 'resolve'))
    expect(thread.conversation.state).toBe('waiting_seller')
    follower!.event(event(5, 'resolve'))
    expect(thread.conversation.state).toBe('resolved')
  })
})

describe('marks', () => {
  test('that were heard while the first page was on its way are not set back by it', async () => {
    const { thread } = world()
    let answer = (_: StreamPage) => {}
    vi.mocked(api.page).mockClear().mockImplementationOnce(() => new Promise((give) => (answer = give)))
    const opening = thread.open()
    await vi.waitFor(() => expect(api.page).toHaveBeenCalled())
    thread.update(row({ version: 6, reads: { buyer: 2, seller: 0 } }))
    answer(page)
    await opening
    expect(thread.unread).toBe(0)
  })

  test('of a row of another story do not count beside its page', async () => {
    const { thread } = world()
    thread.update(row({ version: 6, reads: { buyer: 300, seller: 0 } }))
    await thread.open()
    expect(thread.unread).toBe(2)
  })

  test('of the first page are known to the line, which need not tell them', async () => {
    const { thread, line } = world()
    const reads = { buyer: 2, seller: 0 }
    vi.mocked(api.page).mockResolvedValueOnce({ ...page, reads })
    await thread.open()
    expect(line.marked.mock.calls).toEqual([['c.1.p', reads, nothing]])
  })
})

test('a cut makes no older row count', async () => {
  const { thread, reopen } = world()
  await thread.open()
  await vi.waitFor(() => expect(thread.conversation.version).toBe(5))
  vi.mocked(api.conversation).mockReturnValue(new Promise(() => {}))
  reopen()
  thread.update(row({ version: 4, state: 'waiting_operator' }))
  expect(thread.conversation.state).toBe('waiting_seller')
})

test('how the conversation stands is asked again after a cut', async () => {
  const { thread, reopen } = world()
  await thread.open()
  vi.spyOn(api, 'conversation').mockResolvedValue(row({ version: 6, state: 'waiting_buyer' }))
  reopen()
  await vi.waitFor(() => expect(thread.conversation.state).toBe('waiting_buyer'))
})

test('and asked again when that fails', async () => {
  const { thread, reopen } = world()
  await thread.open()
  vi.useFakeTimers()
  const asked = vi.spyOn(api, 'conversation').mockClear().mockRejectedValueOnce(offline()).mockResolvedValue(row({ version: 6, state: 'waiting_buyer' }))
  reopen()
  await vi.advanceTimersByTimeAsync(1_000)
  vi.useRealTimers()
  expect([asked.mock.calls.length, thread.conversation.state]).toEqual([2, 'waiting_buyer'])
})

test('and when a thread is opened, as the row it was made from may be stale', async () => {
  const { thread } = world()
  vi.spyOn(api, 'conversation').mockResolvedValue(row({ version: 6, state: 'waiting_buyer' }))
  await thread.open()
  await vi.waitFor(() => expect(thread.conversation.state).toBe('waiting_buyer'))
})

test('what is said is on the disk when say is done', async () => {
  const { thread, outbox } = world()
  await thread.say('Is it oak?')
  expect(await outbox.pending('c.1.p')).toMatchObject([{ data: { text: 'Is it oak?' } }])
})

describe('a server restored from a backup', () => {
  test('is noticed by each list of a thread that was closed before both had heard of it', async () => {
    const { thread, from, of } = world({ notes: true })
    await thread.open()
    of['c.1.p']!.reset({ ...page, epoch: 'second' })
    thread.close()
    await thread.open()
    expect(from).toEqual({ 'c.1.p': 'second', 'c.1.n': 'first' })
  })

  test('has no ticks of before, and its rows count, although they are older', async () => {
    const { thread, followers } = world()
    const mine = { ...event(1), actor: { ...mei, id: 'anna', side: 'buyer' as const } }
    const told = { ...page, events: [mine] }
    vi.mocked(api.page).mockResolvedValueOnce({ ...told, reads: { buyer: 0, seller: 300 } })
    await thread.open()
    const tick = () => thread.stateOf(thread.entries[0] as Said)
    expect(tick()).toBe('read')
    vi.spyOn(api, 'conversation').mockResolvedValue(row({ version: 3, state: 'waiting_operator' }))
    const [follower] = followers
    follower!.reset({ ...told, epoch: 'second' })
    expect(tick()).toBe('sent')
    await vi.waitFor(() => expect(thread.conversation.state).toBe('waiting_operator'))
    follower!.event(event(3, 'resolve'))
    expect(thread.conversation.state).toBe('resolved')
  })

  const stores = { epoch: 'first', send: async (_: string, cmid: string) => ({ cmid, id: 'e3', seq: 3, at: '', replayed: false }) }

  test('what it does not know is not shown as sent any more', async () => {
    const { thread, outbox, reopen } = world()
    await thread.open()
    outbox.connect(stores)
    await thread.say('Is it oak?')
    await vi.waitFor(() => expect(thread.entries[2]).toMatchObject({ pending: { state: 'sent' } }))
    reopen('second')
    expect(thread.entries).toHaveLength(2)
  })

  test('what it does not know is not shown as sent either where the conversation was closed all the while', async () => {
    const { thread, outbox, line } = world()
    const opening = thread.open()
    await thread.say('Is it oak?')
    thread.close()
    await opening
    outbox.connect(stores)
    await vi.waitFor(async () => expect(await outbox.pending('c.1.p')).toEqual([]))
    line.epoch = 'second'
    vi.mocked(api.page).mockResolvedValueOnce({ ...page, epoch: 'second' })
    await thread.open()
    expect(thread.entries).toHaveLength(2)
  })

  test('news of the story before may come as late as it likes', async () => {
    const { thread, followers, outbox, reopen } = world()
    await thread.open()
    let answer = () => {}
    outbox.connect({ ...stores, send: (_, cmid) => new Promise((done) => (answer = () => done({ cmid, id: 'e3', seq: 3, at: '', replayed: false }))) })
    await thread.say('Is it oak?')
    reopen('second')
    const [follower] = followers
    follower!.reset({ ...page, epoch: 'second' })
    await vi.waitFor(() => {
      answer()
      expect(thread.entries).toHaveLength(2)
    })
  })

  test('older notes are fetched together with older messages', async () => {
    const { thread } = world({ notes: true })
    const note = (seq: number): Event => ({ ...event(seq, 'note'), id: `n${seq}`, data: { text: `note ${seq}` } })
    const pages: Record<string, Event[]> = { 'c.1.p 3': [event(1), event(2)], 'c.1.n 3': [note(2)], 'c.1.n 2': [note(1)] }
    vi.mocked(api.page).mockImplementation(async (stream, { before } = {}) => ({ ...page, stream, events: pages[`${stream} ${before}`]! }))
    await thread.open()
    expect(thread.older).toBe(true)
    await thread.loadOlder()
    expect([thread.older, thread.entries.filter((one) => one.kind === 'note').length]).toEqual([false, 2])
  })

  test('older pages of it do not mix with what was read before', async () => {
    const { thread } = world()
    vi.mocked(api.page).mockResolvedValueOnce({ ...page, events: [event(2)] })
    await thread.open()
    vi.mocked(api.page).mockResolvedValueOnce({ ...page, epoch: 'second', events: [event(1)] })
    await thread.loadOlder()
    expect([thread.entries.length, thread.older]).toEqual([1, true])
  })
})

test('what waits is not taken for stored when somebody else writes under its key', async () => {
  const { thread, followers, outbox } = world()
  await thread.open()
  await thread.say('Is it oak?')
  const [{ cmid } = { cmid: '' }] = await outbox.pending('c.1.p')
  const [follower] = followers
  follower!.event({ ...event(3), cmid })
  expect(thread.entries).toMatchObject([{ seq: 1 }, { seq: 2 }, { seq: 3 }, { text: 'Is it oak?', pending: { cmid } }])
  expect(new Set(thread.entries.map((one) => one.key)).size).toBe(4)
  follower!.event({ ...event(4), cmid, actor: { ...mei, id: 'anna', side: 'buyer' } })
  expect(thread.entries).toMatchObject([{}, {}, {}, { seq: 4, key: cmid }])
})

describe('a change that is refused', () => {
  const refusal = new Problem({ code: 'too_late', status: 409, title: 'Too late', detail: '' })
  const mine = (seq: number, type: string, data: Event['data']): Event => ({ ...event(seq, type), actor: { id: 'anna', side: 'buyer', name: 'Anna' }, data })

  /** A thread with one message of Anna's; each of her changes waits until it is refused. */
  async function changing() {
    const here = world()
    vi.mocked(api.page).mockResolvedValue({ ...page, head: 1, events: [mine(1, 'message', { text: 'one' })] })
    await here.thread.open()
    const refuse: (() => void)[] = []
    here.outbox.connect({ send: () => new Promise((_, no) => refuse.push(() => no(refusal))) })
    const shown = () => here.thread.entries.map((one) => one.kind !== 'fact' && one.text)
    const edit = (text: string) => here.thread.edit(here.thread.entries[0] as Said, text)
    const refused = async () => {
      await vi.waitFor(() => expect(refuse).not.toEqual([]))
      refuse.shift()!()
      await new Promise((done) => setTimeout(done, 10))
    }
    return { ...here, follower: [...here.followers][0]!, shown, edit, refused }
  }

  test('leaves a later one alone; when that is refused, too, what is stored is shown', async () => {
    const { shown, edit, refused } = await changing()
    edit('two')
    edit('three')
    expect(shown()).toEqual(['three'])
    await refused()
    expect(shown()).toEqual(['three'])
    await refused()
    expect(shown()).toEqual(['one'])
  })

  test('does not take back what another device wrote meanwhile', async () => {
    const { follower, shown, edit, refused } = await changing()
    edit('two')
    follower.event(mine(2, 'edit', { target: 1, text: 'elsewhere' }))
    await refused()
    expect(shown()).toEqual(['elsewhere'])
  })

  test('is taken back and told also when the thread was closed meanwhile', async () => {
    const { thread, outbox, shown, edit, refused } = await changing()
    edit('two')
    thread.close()
    await refused()
    await thread.open()
    expect([shown(), toasts.at(-1)?.text]).toEqual([['one'], 'Too late'])
    await vi.waitFor(async () => expect(await outbox.pending('c.1.p')).toEqual([]))
  })

  test('touches no message of another story that has the same number', async () => {
    const { follower, shown, edit, refused, reopen } = await changing()
    edit('two')
    reopen('second')
    follower.reset({ ...page, epoch: 'second', head: 1, events: [mine(1, 'message', { text: 'another' })] })
    expect(shown()).toEqual(['another'])
    await refused()
    expect(shown()).toEqual(['another'])
  })
})

test('what another tab discarded while the thread was closed is not shown any more', async () => {
  const { thread, outbox } = world()
  await thread.open()
  await thread.say('Is it oak?')
  thread.close()
  await outbox.discard((await outbox.pending('c.1.p'))[0]!)
  await thread.open()
  expect(thread.entries.map((one) => one.seq)).toEqual([1, 2])
})

test('what another tab sends while the thread is being opened is not shown as waiting', async () => {
  const { thread, outbox } = world()
  const written = outbox.write('c.1.p', 'message', { text: 'Is it oak?' })
  const pending = vi.spyOn(outbox, 'pending').mockImplementationOnce(async () => {
    await outbox.discard(written)
    return [written]
  })
  await thread.open()
  expect([pending.mock.calls.length, thread.entries.length]).toEqual([2, 2])
})

test('what turns out to be stored long ago does not wait for an event that comes no more', async () => {
  const { thread, outbox } = world()
  await thread.open()
  outbox.connect({ send: async (_, cmid) => ({ cmid, id: 'e1', seq: 1, at: '', replayed: true }) })
  await thread.say('Is it oak?')
  await vi.waitFor(() => expect(thread.entries).toHaveLength(2))
})

describe('a promise that was broken', () => {
  const anna: Participant = { id: 'anna', side: 'buyer', name: 'Anna' }
  const asks = (seq: number): Event => ({ ...event(seq), actor: anna })
  const after = async (...events: Event[]) => {
    const { thread, of } = world()
    await thread.open()
    for (const one of [asks(3), event(4, 'answer_overdue'), ...events]) of['c.1.p']!.event(one)
    return thread.overdue?.seq
  }

  test('stands until the shop has answered, whatever else is said', async () => {
    const machine = { ...event(5), data: { text: 'away', automatic: true } }
    expect(await after()).toBe(4)
    expect(await after(machine, asks(6), event(7, 'contact'))).toBe(4)
  })

  test('does not stand over the question after a late answer', async () => {
    expect(await after(event(5), asks(6))).toBeUndefined()
    expect(await after(event(5, 'case'), asks(6))).toBeUndefined()
    expect(await after(event(5, 'no_reply_needed'), asks(6))).toBeUndefined()
  })

  test('is shown anew when the next one is broken, too', async () => {
    expect(await after(event(5), asks(6), event(7, 'answer_overdue'))).toBe(7)
  })

  test('is over when the marketplace was asked', async () => {
    expect(await after(event(5, 'escalate'), event(6, 'message'), asks(7))).toBeUndefined()
  })
})

test('one who looks for what was said thousands of messages ago has it here, with all that came after', async () => {
  const { thread } = world()
  const head = 3_000
  thread.update(row({ version: 6, head }))
  vi.mocked(api.conversation).mockResolvedValue(row({ version: 6, head }))
  vi.mocked(api.page).mockImplementation(async (_stream, { before = head + 1, limit = 50 } = {}) => {
    const from = Math.max(1, (before ?? 0) - (limit ?? 0))
    return { ...page, head, events: Array.from({ length: (before ?? 0) - from }, (_, place) => event(from + place)) }
  })
  await thread.open()
  expect(thread.entries).toHaveLength(50)
  const found = await thread.reach(7)
  expect(found?.seq).toBe(7)
  const seqs = thread.entries.map((one) => one.seq!)
  expect(seqs[0]).toBeLessThanOrEqual(7)
  expect(seqs).toEqual(seqs.map((_, place) => seqs[0]! + place))
  expect(vi.mocked(api.page).mock.calls.length).toBeLessThan(20)
  expect(await thread.reach(7, true)).toBeUndefined()
}, 20_000)
