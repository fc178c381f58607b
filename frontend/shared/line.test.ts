import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import type { News } from './detour'
import type { Follower } from './feed'
import type { Down, Up } from './frames'
import { Line, Unsure, type Socket } from './line'
import { Problem } from './problem'
import type { Conversation, Event, Participant, StreamPage } from './types'

const stream = 'c.1.p'
const someone: Participant = { id: 'mei', side: 'seller', name: 'Mei' }
const limits = { frame_bytes: 65_536, text_chars: 10_000, subscriptions: 64, attachment_bytes: 1_000_000 }
const nothing = { buyer: 0, seller: 0 }
const event = (seq: number): Event => ({ seq, id: `e${seq}`, type: 'message', at: '2026-11-14T10:00:00Z', actor: someone, data: { text: `no. ${seq}` } })
const events = (from: number, to: number) => Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => event(from + i))

class FakeSocket implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((close: { code: number }) => void) | null = null
  sent: Up[] = []
  closed = false
  send(text: string) { this.sent.push(JSON.parse(text) as Up) }
  close() { this.closed = true }
  say(frame: Down) { this.onmessage?.({ data: JSON.stringify(frame) }) }
  drop(code = 1006) { this.onclose?.({ code }) }
  of<T extends Up['t']>(t: T) { return this.sent.filter((frame): frame is Up & { t: T } => frame.t === t) }
}

/** A server with one stream, and everything the buyer's page has shown of it. */
function world() {
  const sockets: FakeSocket[] = []
  const server = { head: 0, epoch: 'first' }
  const shown: number[] = []
  const resets: StreamPage[] = []
  let gone = false
  const page = vi.fn(async (_: string, { after, before, limit = 50 }: { after?: number; before?: number; limit?: number }) => ({
    stream, head: server.head, epoch: server.epoch, reads: nothing, delivered: nothing,
    events: before ? events(Math.max(1, before - limit), before - 1) : events(after! + 1, Math.min(server.head, after! + limit)),
  }))
  const ticket = vi.fn(async () => ({ ticket: `t${ticket.mock.calls.length}` }))
  const post = vi.fn(async (_: string, { cmid }: { cmid: string }) => ({ cmid, id: 'e1', seq: 1, at: '2026-11-14T10:00:00Z', replayed: false }))
  const news = vi.fn((_cursor: string, _inbox: boolean): Promise<News> => Promise.reject(new Error('no way around')))
  const line = new Line({
    ticket, page, post, news, chance: () => 0.5, side: 'buyer',
    dial: () => {
      const socket = new FakeSocket()
      sockets.push(socket)
      return socket
    },
  })
  const follower: Follower = {
    event: ({ seq }) => shown.push(seq),
    reset: (newest) => resets.push(newest),
    gone: () => (gone = true),
  }
  const socket = () => sockets.at(-1)!
  const welcome = async () => {
    await vi.advanceTimersByTimeAsync(0)
    socket().onopen?.()
    socket().say({ t: 'welcome', conn: 'x', server_time: new Date().toISOString(), epoch: server.epoch, ping_ms: 25_000, limits })
  }
  const resume = (from: number, to = server.head, recovered = true) => {
    const { sid } = socket().of('sub').at(-1)!
    socket().say({ t: 'sub_ok', sid, stream, head: server.head, recovered, events: events(from, to), reads: nothing, delivered: nothing })
  }
  const arrives = (seq: number) => {
    server.head = Math.max(server.head, seq)
    socket().say({ t: 'event', stream, event: event(seq) })
  }
  const join = async (applied = 0) => {
    line.start()
    await welcome()
    line.follow(stream, follower, { applied, epoch: server.epoch })
    resume(applied + 1)
  }
  return { line, server, sockets, socket, ticket, page, post, news, follower, shown, resets, isGone: () => gone, welcome, resume, arrives, join }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('dialling', () => {
  test('a ticket comes over HTTPS and goes into the first frame, never into an address', async () => {
    const { line, socket, welcome } = world()
    line.start()
    await welcome()
    expect(socket().sent[0]).toEqual({ t: 'hello', token: 't1', client: 'web', version: '1' })
    expect(line.state).toBe('open')
  })

  test('rows are watched before they are asked for, so that none changes unseen in between', async () => {
    const { line, socket } = world()
    line.watch(() => {})
    line.start()
    await vi.advanceTimersByTimeAsync(0)
    socket().onopen?.()
    expect(socket().sent.map((frame) => frame.t)).toEqual(['hello', 'watch'])
  })

  test('every attempt takes a new ticket and waits longer, at most thirty seconds', async () => {
    const { line, sockets, socket, ticket } = world()
    line.start()
    await vi.advanceTimersByTimeAsync(0)
    const waits: number[] = []
    for (let n = 0; n < 9; n++) {
      socket().drop()
      const before = Date.now()
      while (sockets.length === n + 1) await vi.advanceTimersToNextTimerAsync()
      waits.push(Date.now() - before)
    }
    expect(waits).toEqual([500, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000, 15_000])
    expect(ticket).toHaveBeenCalledTimes(10)
  })

  test('a minute of good connection forgets the earlier failures', async () => {
    const { line, sockets, socket, welcome } = world()
    line.start()
    for (let n = 0; n < 5; n++) {
      await vi.advanceTimersByTimeAsync(20_000)
      socket().drop()
    }
    await vi.advanceTimersByTimeAsync(20_000)
    await welcome()
    for (let s = 0; s < 61; s += 20) {
      await vi.advanceTimersByTimeAsync(20_000)
      socket().say({ t: 'ping' })
    }
    const before = sockets.length
    socket().drop()
    await vi.advanceTimersByTimeAsync(500)
    expect(sockets.length).toBe(before + 1)
  })

  test('a session that was ended elsewhere is not dialled again', async () => {
    const { line, sockets, socket, welcome } = world()
    line.start()
    await welcome()
    socket().drop(4005)
    await vi.advanceTimersByTimeAsync(120_000)
    expect([line.state, line.ending, sockets.length]).toEqual(['ended', 'signed_out', 1])
  })

  test('a ticket that was too old gets one more try, not endless ones', async () => {
    const { line, sockets, socket } = world()
    line.start()
    await vi.advanceTimersByTimeAsync(0)
    socket().drop(4003)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(sockets.length).toBe(2)
    socket().drop(4003)
    await vi.advanceTimersByTimeAsync(120_000)
    expect([line.state, sockets.length]).toEqual(['ended', 2])
  })

  test('a ticket that never comes is not waited for', async () => {
    const { line, ticket } = world()
    ticket.mockImplementationOnce(() => new Promise(() => {}))
    line.start()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(line.state).toBe('waiting')
    await vi.advanceTimersByTimeAsync(1_000)
    expect([line.state, ticket.mock.calls.length]).toEqual(['connecting', 2])
  })

  test('waking up does not sit out an attempt that hangs; its late ticket is not used', async () => {
    const { line, sockets, ticket } = world()
    let late = (_: { ticket: string }) => {}
    ticket.mockImplementationOnce(() => new Promise((give) => (late = give)))
    line.start()
    await vi.advanceTimersByTimeAsync(6_000)
    line.wake()
    await vi.advanceTimersByTimeAsync(0)
    late({ ticket: 'old' })
    await vi.advanceTimersByTimeAsync(0)
    expect([ticket.mock.calls.length, sockets.length]).toEqual([2, 1])
  })

  test('told to leave, it goes at once and comes back when it was told to', async () => {
    const { sockets, socket, join } = world()
    await join()
    socket().say({ t: 'bye', after_ms: 7_000 })
    expect(socket().closed).toBe(true)
    await vi.advanceTimersByTimeAsync(6_999)
    expect(sockets.length).toBe(1)
    await vi.advanceTimersByTimeAsync(1)
    expect(sockets.length).toBe(2)
  })
})

describe('a line that went silent', () => {
  test('nothing heard for 35 seconds is no line', async () => {
    const { line, sockets, socket, join } = world()
    await join()
    await vi.advanceTimersByTimeAsync(30_000)
    socket().say({ t: 'ping' })
    expect(socket().of('pong')).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(34_999)
    expect(line.state).toBe('open')
    await vi.advanceTimersByTimeAsync(1)
    expect(sockets[0]!.closed).toBe(true)
    expect(line.state).toBe('waiting')
  })

  test('after a long sleep the old socket is not trusted', async () => {
    const { line, sockets, join } = world()
    await join()
    vi.setSystemTime(Date.now() + 3_600_000)
    line.wake()
    expect(sockets[0]!.closed).toBe(true)
  })

  test('waking up does not sit out a delay', async () => {
    const { line, sockets, socket, join } = world()
    await join()
    socket().drop()
    line.wake()
    await vi.advanceTimersByTimeAsync(0)
    expect(sockets.length).toBe(2)
  })
})

describe('a stream', () => {
  test('shows what was missed, then what arrives', async () => {
    const { server, shown, join, arrives } = world()
    server.head = 3
    await join(1)
    arrives(4)
    expect(shown).toEqual([2, 3, 4])
  })

  test('what is repeated is shown once', async () => {
    const { shown, join, arrives } = world()
    await join()
    for (const seq of [1, 1, 2, 1, 2]) arrives(seq)
    expect(shown).toEqual([1, 2])
  })

  test('what comes too early waits for its elders', async () => {
    const { shown, page, join, arrives } = world()
    await join()
    arrives(1)
    arrives(3)
    arrives(4)
    expect(shown).toEqual([1])
    arrives(2)
    expect(shown).toEqual([1, 2, 3, 4])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(page).not.toHaveBeenCalled()
  })

  test('a hole is fetched after 200 ms and never skipped', async () => {
    const { shown, page, join, arrives } = world()
    await join()
    arrives(1)
    arrives(4)
    await vi.advanceTimersByTimeAsync(199)
    expect(page).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)
    expect(page).toHaveBeenCalledWith(stream, { after: 1, limit: 200 })
    expect(shown).toEqual([1, 2, 3, 4])
  })

  test('a hole that cannot be fetched now is asked for again', async () => {
    const { shown, page, join, arrives } = world()
    await join()
    page.mockRejectedValueOnce(new Problem({ code: 'offline', title: '', detail: '', status: 0 }))
    arrives(2)
    await vi.advanceTimersByTimeAsync(300)
    expect(shown).toEqual([])
    await vi.advanceTimersByTimeAsync(1_000)
    expect(shown).toEqual([1, 2])
  })

  test('after a cut it resumes from the last shown', async () => {
    const { server, socket, shown, join, arrives, welcome, resume } = world()
    await join()
    arrives(1)
    socket().drop()
    server.head = 3
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    expect(socket().of('sub')[0]).toMatchObject({ after: 1, epoch: 'first' })
    resume(2)
    expect(shown).toEqual([1, 2, 3])
  })

  test('too far behind, it reads page by page and is then live', async () => {
    const { server, shown, page, join, arrives, socket, welcome, resume } = world()
    await join()
    socket().drop()
    server.head = 450
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    resume(1, 0, false)
    arrives(451)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(shown).toEqual(events(1, 451).map((one) => one.seq))
    expect(page.mock.calls.length).toBeGreaterThanOrEqual(3)
  })

  test('when the server was restored from a backup, the copy is dropped and the newest page taken', async () => {
    const { server, shown, resets, socket, join, arrives, welcome } = world()
    await join()
    for (const seq of [1, 2, 3]) arrives(seq)
    socket().drop()
    Object.assign(server, { head: 2, epoch: 'second' })
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    socket().say({ t: 'reset', sid: socket().of('sub')[0]!.sid, stream, head: 2 })
    await vi.advanceTimersByTimeAsync(0)
    expect(resets.map((page) => page.events.map((one) => one.seq))).toEqual([[1, 2]])
    arrives(3)
    expect(shown).toEqual([1, 2, 3, 3])
  })

  describe('one that the server cannot read now', () => {
    const troubled = { type: '', code: 'db_down', title: '', detail: '', status: 503, retry_after: 1 }

    test('is asked for again, as often as needed, and takes the line from nobody', async () => {
      const { line, server, socket, sockets, shown, isGone, join, resume } = world()
      await join()
      const { sid } = socket().of('sub')[0]!
      for (const asked of [1, 2, 3]) {
        socket().say({ t: 'refused', sid, problem: troubled })
        await vi.advanceTimersByTimeAsync(1_499)
        expect(socket().of('sub')).toHaveLength(asked)
        await vi.advanceTimersByTimeAsync(1)
        expect(socket().of('sub')).toHaveLength(asked + 1)
      }
      server.head = 1
      resume(1)
      expect([shown, isGone(), line.state, sockets.length]).toEqual([[1], false, 'open', 1])
    })

    test('is asked for once over a new socket', async () => {
      const { socket, join, welcome } = world()
      await join()
      const { sid } = socket().of('sub')[0]!
      socket().say({ t: 'refused', sid, problem: { ...troubled, retry_after: 10 } })
      socket().drop()
      await vi.advanceTimersByTimeAsync(1_000)
      await welcome()
      for (let s = 0; s < 20; s += 10) {
        await vi.advanceTimersByTimeAsync(10_000)
        socket().say({ t: 'ping' })
      }
      expect(socket().of('sub')).toHaveLength(1)
    })

    test('is not asked for again by a page that left it meanwhile', async () => {
      const { line, socket, follower, welcome } = world()
      line.start()
      await welcome()
      const leave = line.follow(stream, follower, { applied: 0 })
      socket().say({ t: 'refused', sid: socket().of('sub')[0]!.sid, problem: troubled })
      leave()
      await vi.advanceTimersByTimeAsync(10_000)
      expect(socket().of('sub')).toHaveLength(1)
    })
  })

  test('is not told what its page has told already', async () => {
    const { line, socket, join } = world()
    await join()
    line.marked(stream, { buyer: 3, seller: 0 }, nothing)
    line.read(stream, 3)
    line.ack(stream, 3)
    line.read(stream, 4)
    expect([socket().of('ack'), socket().of('read').map((one) => one.seq)]).toEqual([[], [4]])
  })

  test('when access is lost, it says so and hears no more', async () => {
    const { socket, shown, isGone, join, arrives } = world()
    await join()
    socket().say({ t: 'gone', sid: '1', stream })
    arrives(1)
    expect([isGone(), shown]).toEqual([true, []])
  })
})

describe('two followers of one stream', () => {
  function second({ line, server }: ReturnType<typeof world>, applied: number) {
    const seen: number[] = []
    const leave = line.follow(stream, { event: ({ seq }) => seen.push(seq), reset: () => {}, gone: () => {} }, { applied, epoch: server.epoch })
    return { seen, leave }
  }

  test('both see everything once, over one subscription', async () => {
    const here = world()
    await here.join()
    for (const seq of [1, 2, 3]) here.arrives(seq)
    const { seen } = second(here, 1)
    here.resume(2)
    here.arrives(4)
    expect([here.shown, seen]).toEqual([[1, 2, 3, 4], [2, 3, 4]])
    const left = here.socket().of('unsub').map((frame) => frame.sid)
    expect(here.socket().of('sub').map((frame) => frame.sid).filter((sid) => !left.includes(sid))).toHaveLength(1)
  })

  test('the subscription ends when the last one leaves, and only then', async () => {
    const here = world()
    here.line.start()
    await here.welcome()
    const [first, last] = [second(here, 0), second(here, 0)]
    here.resume(1)
    first.leave()
    here.arrives(1)
    expect([first.seen, last.seen]).toEqual([[], [1]])
    const { sid } = here.socket().of('sub').at(-1)!
    const left = () => here.socket().of('unsub').some((frame) => frame.sid === sid)
    expect(left()).toBe(false)
    last.leave()
    expect(left()).toBe(true)
  })
})

describe('sending', () => {
  const receipt = (cmid: string, seq: number) => ({ cmid, id: `e${seq}`, seq, at: '2026-11-14T10:00:00Z', replayed: false })

  test('one at a time per conversation; another conversation does not wait', async () => {
    const { line, socket, join } = world()
    await join()
    const first = line.send(stream, 'a', 'message', { text: '1' })
    void line.send(stream, 'b', 'message', { text: '2' }).catch(() => {})
    void line.send('c.2.p', 'c', 'message', { text: '3' }).catch(() => {})
    await vi.advanceTimersByTimeAsync(0)
    expect(socket().of('send').map((frame) => frame.cmid)).toEqual(['a', 'c'])
    socket().say({ t: 'ok', ...receipt('a', 1) })
    expect((await first).seq).toBe(1)
    await vi.advanceTimersByTimeAsync(0)
    expect(socket().of('send').map((frame) => frame.cmid)).toEqual(['a', 'c', 'b'])
  })

  test('no answer within five seconds: nobody knows, and the line is dialled again', async () => {
    const { line, sockets, join } = world()
    await join()
    const sent = expect(line.send(stream, 'a', 'message', {})).rejects.toBeInstanceOf(Unsure)
    await vi.advanceTimersByTimeAsync(5_000)
    await sent
    expect(sockets[0]!.closed).toBe(true)
    expect(line.state).toBe('waiting')
  })

  test('a refusal is an answer: the line stays', async () => {
    const { line, socket, join } = world()
    await join()
    const sent = expect(line.send(stream, 'a', 'message', {})).rejects.toMatchObject({ code: 'too_long' })
    await vi.advanceTimersByTimeAsync(0)
    socket().say({ t: 'refused', cmid: 'a', problem: { type: '/problems/too_long', code: 'too_long', title: 'Too long', detail: 'Shorten it.', status: 422 } })
    await sent
    expect(line.state).toBe('open')
  })

  test('without a line it is refused at once, for the outbox to keep', async () => {
    await expect(world().line.send(stream, 'a', 'message', {})).rejects.toBeInstanceOf(Unsure)
  })
})

describe('a proxy that lets no socket through', () => {
  async function blocked() {
    const here = world()
    const fresh = vi.fn()
    here.line.onfresh(fresh)
    here.line.start()
    await vi.advanceTimersByTimeAsync(0)
    for (let n = 0; n < 3; n++) {
      here.socket().drop()
      await vi.advanceTimersByTimeAsync(1_000)
    }
    return { ...here, fresh }
  }

  test('after three failures in a row words go out over HTTPS, under the same key', async () => {
    const { line, post, fresh } = await blocked()
    expect(fresh).toHaveBeenCalledOnce()
    expect(await line.send(stream, 'a', 'message', { text: 'hi' })).toMatchObject({ cmid: 'a', seq: 1 })
    expect(post).toHaveBeenCalledWith(stream, { cmid: 'a', type: 'message', data: { text: 'hi' } })
  })

  test('it is known in whose story they are stored, although no socket ever told', async () => {
    const { line, page } = await blocked()
    page.mockRejectedValueOnce(new Problem({ code: 'offline', title: '', detail: '', status: 0 }))
    await expect(line.send(stream, 'a', 'message', {})).rejects.toThrow()
    await line.send(stream, 'a', 'message', {})
    expect(line.epoch).toBe('first')
  })

  test('what was said and what is answered is seen all the same', async () => {
    const { line, server, follower, shown } = await blocked()
    line.follow(stream, follower, { applied: 0, epoch: server.epoch })
    server.head = 1
    await line.send(stream, 'a', 'message', {})
    await vi.advanceTimersByTimeAsync(0)
    expect(shown).toEqual([1])
  })

  test('an answer from before a restore is none', async () => {
    const { line, server, post, follower } = await blocked()
    line.follow(stream, follower, { applied: 2, epoch: 'first' })
    await line.send(stream, 'a', 'message', {})
    await vi.advanceTimersByTimeAsync(0)
    let answer = () => {}
    post.mockImplementationOnce((_, { cmid }) => new Promise((give) => (answer = () => give({ cmid, id: 'e9', seq: 9, at: '', replayed: false }))))
    const sent = expect(line.send(stream, 'b', 'message', {})).rejects.toBeInstanceOf(Unsure)
    await vi.advanceTimersByTimeAsync(0)
    server.epoch = 'second'
    await line.send('c.2.p', 'c', 'message', {})
    line.follow('c.2.p', follower, { applied: 0 })
    await line.send('c.2.p', 'd', 'message', {})
    await vi.advanceTimersByTimeAsync(100)
    answer()
    await sent
  })

  test('each further attempt asks for news', async () => {
    const { line, server, socket, follower, shown } = await blocked()
    line.follow(stream, follower, { applied: 0, epoch: server.epoch })
    server.head = 3
    await vi.advanceTimersByTimeAsync(3_000)
    socket().drop()
    await vi.advanceTimersByTimeAsync(0)
    expect(shown).toEqual([1, 2, 3])
  })

  describe('where requests that wait get through', () => {
    const answers = (...frames: Down[]): News => ({ cursor: `first~${stream}~${0}`, frames })
    const missed = (from: number, head: number): Down =>
      ({ t: 'sub_ok', sid: stream, stream, head, recovered: true, events: events(from, head), reads: nothing, delivered: nothing })

    async function around() {
      const here = await blocked()
      here.line.follow(stream, here.follower, { applied: 0 })
      let arrive: (news: News) => void = () => {}
      here.news.mockImplementation(() => new Promise((on) => (arrive = on)))
      await vi.advanceTimersByTimeAsync(3_000)
      here.socket().drop()
      await vi.advanceTimersByTimeAsync(0)
      return { ...here, arrives: async (news: News) => { arrive(news); await vi.advanceTimersByTimeAsync(0) } }
    }

    test('news comes at once, and each question says where the page is', async () => {
      const { news, shown, arrives } = await around()
      await arrives(answers(missed(1, 2)))
      await vi.advanceTimersByTimeAsync(1_000)
      await arrives(answers(missed(3, 3)))
      await vi.advanceTimersByTimeAsync(1_000)
      expect(shown).toEqual([1, 2, 3])
      expect(news.mock.calls.slice(-3).map(([cursor]) => cursor)).toEqual([`~${stream}~0`, `first~${stream}~2`, `first~${stream}~3`])
    })

    test('a server restored meanwhile is noticed, even if nothing was said there since', async () => {
      const { server, resets, arrives } = await around()
      await arrives(answers(missed(1, 2)))
      Object.assign(server, { head: 1, epoch: 'second' })
      await vi.advanceTimersByTimeAsync(1_000)
      await arrives({ cursor: `second~${stream}~2`, frames: [] })
      expect(resets.map((page) => page.events.map((one) => one.seq))).toEqual([[1]])
    })

    test('the inbox is asked for by those who show it, and its rows arrive', async () => {
      const { line, news, arrives } = await around()
      const rows: string[] = []
      line.watch((row) => rows.push(row.id))
      await arrives(answers())
      await vi.advanceTimersByTimeAsync(1_000)
      expect(news.mock.lastCall?.[1]).toBe(true)
      await arrives(answers({ t: 'row', conversation: { id: '7', reads: {}, delivered: {} } as Conversation }))
      expect(rows).toEqual(['7'])
    })

    test('what changed in the inbox between two questions is read with the next one', async () => {
      const { line, fresh, arrives } = await around()
      line.watch(() => {})
      const before = fresh.mock.calls.length
      await arrives(answers())
      expect(fresh).toHaveBeenCalledTimes(before)
      await vi.advanceTimersByTimeAsync(1_000)
      expect(fresh).toHaveBeenCalledTimes(before + 1)
    })

    test('what is no longer ours to see goes', async () => {
      const { isGone, arrives } = await around()
      await arrives(answers({ t: 'gone', sid: stream, stream }))
      expect(isGone()).toBe(true)
    })

    test('a socket that opens ends it; a late answer changes nothing', async () => {
      const { news, shown, arrives, welcome } = await around()
      await vi.advanceTimersByTimeAsync(8_000)
      await welcome()
      const asked = news.mock.calls.length
      await arrives(answers(missed(1, 1)))
      await vi.advanceTimersByTimeAsync(20_000)
      expect([shown, news.mock.calls.length]).toEqual([[], asked])
    })
  })

  test('once a socket opens, it is used', async () => {
    const { line, socket, post, welcome } = await blocked()
    await vi.advanceTimersByTimeAsync(2_000)
    await welcome()
    void line.send(stream, 'a', 'message', {}).catch(() => {})
    await vi.advanceTimersByTimeAsync(0)
    expect([post.mock.calls.length, socket().of('send').length]).toEqual([0, 1])
  })

  test('without any network nothing is tried', async () => {
    const { line, ticket, post } = world()
    ticket.mockRejectedValue(new Problem({ code: 'offline', title: '', detail: '', status: 0 }))
    line.start()
    await vi.advanceTimersByTimeAsync(60_000)
    await expect(line.send(stream, 'a', 'message', {})).rejects.toBeInstanceOf(Unsure)
    expect(post).not.toHaveBeenCalled()
  })
})

describe('receipts', () => {
  const streams = Array.from({ length: 30 }, (_, n) => `c.${n}.p`)
  const receipts = (socket: FakeSocket) => socket.sent.filter((frame) => frame.t === 'ack' || frame.t === 'read')

  async function thirtySeen({ line, join }: ReturnType<typeof world>) {
    await join()
    for (const one of streams) {
      line.ack(one, 5)
      line.read(one, 5)
    }
    await vi.advanceTimersByTimeAsync(10_000)
  }

  test('after a reconnect only what nobody confirmed is told again, a few at a time', async () => {
    const here = world()
    await thirtySeen(here)
    expect(receipts(here.socket())).toHaveLength(60)
    for (const one of streams.slice(2)) here.socket().say({ t: 'cursor', stream: one, kind: 'read', side: 'buyer', seq: 5 })
    here.socket().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    await here.welcome()
    await vi.advanceTimersByTimeAsync(10_000)
    expect(receipts(here.socket()).map((frame) => 'stream' in frame && frame.stream).sort()).toEqual(['c.0.p', 'c.0.p', 'c.1.p', 'c.1.p'])
  })

  test('never more than the server bears, even if nothing was confirmed', async () => {
    const here = world()
    await thirtySeen(here)
    here.socket().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    await here.welcome()
    await vi.advanceTimersByTimeAsync(900)
    expect(here.socket().sent.length).toBeLessThan(20)
    await vi.advanceTimersByTimeAsync(10_000)
    expect(receipts(here.socket())).toHaveLength(60)
  })

  test('the other side having read it proves nothing', async () => {
    const here = world()
    await here.join()
    here.line.read(stream, 5)
    here.socket().say({ t: 'cursor', stream, kind: 'read', side: 'seller', seq: 5 })
    here.socket().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    await here.welcome()
    expect(receipts(here.socket())).toHaveLength(1)
  })

  test('at most one a second, only the highest', async () => {
    const { line, socket, join } = world()
    await join()
    for (const seq of [1, 2, 3, 4]) line.ack(stream, seq)
    await vi.advanceTimersByTimeAsync(1_000)
    expect(socket().of('ack').map((frame) => frame.seq)).toEqual([1, 4])
  })

  test('what was read while the line was down is told when it is back', async () => {
    const { line, socket, join, welcome } = world()
    await join()
    socket().drop()
    line.read(stream, 7)
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    expect(socket().of('read').map((frame) => frame.seq)).toEqual([7])
  })
})

describe('a server restored from a backup', () => {
  async function restored() {
    const here = world()
    const fresh = vi.fn()
    here.line.onfresh(fresh)
    await here.join(9)
    for (const one of [stream, 'c.2.p']) {
      here.line.read(one, 9)
      here.socket().say({ t: 'cursor', stream: one, kind: 'read', side: 'buyer', seq: 9 })
    }
    await vi.advanceTimersByTimeAsync(5_000)
    Object.assign(here.server, { head: 4, epoch: 'second' })
    return { ...here, fresh }
  }

  test('hears of what is read there, although more had been read before', async () => {
    const { line, socket, welcome } = await restored()
    socket().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    line.read(stream, 9)
    await vi.advanceTimersByTimeAsync(1_000)
    socket().say({ t: 'reset', sid: socket().of('sub')[0]!.sid, stream, head: 4 })
    await vi.advanceTimersByTimeAsync(0)
    for (const one of [stream, 'c.2.p']) line.read(one, 3)
    await vi.advanceTimersByTimeAsync(2_000)
    expect(socket().of('read').slice(1).map((frame) => [frame.stream, frame.seq])).toEqual([[stream, 3], ['c.2.p', 3]])
  })

  test('says so to those who hold rows of before, as the first welcome does', async () => {
    const { fresh, socket, welcome } = await restored()
    socket().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    socket().drop()
    await vi.advanceTimersByTimeAsync(1_000)
    await welcome()
    expect(fresh.mock.calls).toEqual([[true], [true], [false]])
  })

  test('is noticed by a page before the old socket is: that is given up', async () => {
    const { fresh, socket, sockets, resets, arrives } = await restored()
    arrives(11)
    await vi.advanceTimersByTimeAsync(300)
    expect([sockets[0]!.closed, fresh.mock.calls]).toEqual([true, [[true], [true]]])
    await vi.advanceTimersByTimeAsync(1_000)
    expect([socket() === sockets[1], resets.length]).toEqual([true, 1])
  })
})
