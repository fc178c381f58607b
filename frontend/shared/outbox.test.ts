import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, describe, expect, test, vi } from 'vitest'
import { newId } from './ids'
import { Unsure } from './line'
import { Outbox, type Locks, type News, type Sender, type Wire } from './outbox'
import { Problem } from './problem'
import { MemoryStore, openStore, type Store } from './store'

const stream = 'c.1.p'

/** A server that stores by key: whatever arrives twice is stored once. */
class Server implements Sender {
  stored = new Map<string, string>()
  arrivals: string[] = []
  up = true
  trouble: Error | undefined

  async send(_: string, cmid: string, __: string, data: unknown) {
    if (!this.up) throw new Unsure()
    this.arrivals.push(cmid)
    if (this.trouble) throw this.trouble
    const replayed = this.stored.has(cmid)
    this.stored.set(cmid, (data as { text: string }).text)
    return { cmid, id: cmid, seq: this.stored.size, at: new Date().toISOString(), replayed }
  }

  get texts() {
    return [...this.stored.values()]
  }
}

/** Web Locks of one browser, shared by its tabs. */
function browserLocks(): Locks & { most: number } {
  const tails = new Map<string, Promise<unknown>>()
  let held = 0
  const locks = {
    most: 0,
    request<T>(name: string, work: () => Promise<T>): Promise<T> {
      const turn = (tails.get(name) ?? Promise.resolve()).then(async () => {
        locks.most = Math.max(locks.most, ++held)
        return work().finally(() => held--)
      })
      tails.set(name, turn.catch(() => {}))
      return turn
    },
  }
  return locks
}

function wires(count: number): Wire[] {
  const all: Wire[] = Array.from({ length: count }, (_, i) => ({
    onmessage: null,
    postMessage: (news) => queueMicrotask(() => all.forEach((one, j) => j !== i && one.onmessage?.({ data: news }))),
    close: () => {},
  }))
  return all
}

/** Turns, not time: the disk of these tests does one thing a turn, however busy the machine is. */
async function quiet(): Promise<void> {
  for (let turn = 0; turn < 300; turn++) await new Promise((done) => (turn % 10 ? setImmediate(done) : setTimeout(done)))
}
const problem = (status: number, code: string) => new Problem({ code, status, title: code, detail: '' })

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

test('ids of one page always ascend, even within a millisecond', () => {
  const ids = Array.from({ length: 500 }, newId)
  expect([...ids].sort()).toEqual(ids)
  expect(new Set(ids).size).toBe(500)
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('what is written without a line waits, survives a reload and goes out once, in order', async () => {
  const server = new Server()
  server.up = false
  const before = new Outbox(await openStore('anna'))
  before.connect(server)
  for (const text of ['one', 'two', 'three']) before.write(stream, 'message', { text })
  await quiet()
  expect(server.arrivals).toEqual([])

  const after = new Outbox(await openStore('anna'))
  expect((await after.pending(stream)).map((one) => one.data.text)).toEqual(['one', 'two', 'three'])
  server.up = true
  after.connect(server)
  await quiet()
  expect(server.texts).toEqual(['one', 'two', 'three'])
  expect(await after.pending(stream)).toEqual([])
})

test('it is kept before the first attempt', async () => {
  const store = new MemoryStore()
  const order: string[] = []
  vi.spyOn(store, 'put').mockImplementation(async () => void order.push('kept'))
  vi.spyOn(store, 'of').mockImplementationOnce(async () => [{ cmid: 'a', stream, type: 'message', data: {}, at: new Date().toISOString(), state: 'queued' }])
  const outbox = new Outbox(store)
  outbox.connect({ send: async () => { order.push('sent'); throw new Unsure() } })
  outbox.write(stream, 'message', { text: 'x' })
  await quiet()
  expect(order).toEqual(['kept', 'sent'])
})

test('an answer that got lost: the same key goes again, the server keeps one', async () => {
  const server = new Server()
  const outbox = new Outbox(await openStore('anna'))
  const send = server.send.bind(server)
  let lost = true
  outbox.connect({
    send: async (to, cmid, type, data) => {
      const receipt = await send(to, cmid, type, data)
      if (lost) throw (lost = false, new Unsure())
      return receipt
    },
  })
  outbox.write(stream, 'message', { text: 'once' })
  await quiet()
  await outbox.flushAll()
  expect(server.arrivals).toHaveLength(2)
  expect(new Set(server.arrivals).size).toBe(1)
  expect(server.texts).toEqual(['once'])
})

test('an answer that crossed a colleague’s waits for its writer; sent anyway, it says nothing of what was seen', async () => {
  const crossed = new Problem({ code: 'answered_meanwhile', status: 409, title: '', detail: '' })
  const told: (number | undefined)[] = []
  const outbox = new Outbox(new MemoryStore())
  outbox.connect({
    send: async (_, cmid, __, ___, seen) => {
      told.push(seen)
      if (seen !== undefined) throw crossed
      return { cmid, id: cmid, seq: 4, at: '', replayed: false }
    },
  })
  outbox.write(stream, 'message', { text: 'x' }, { seen: 2 })
  await quiet()
  const [held] = await outbox.pending(stream)
  expect([held?.state, held?.problem?.code]).toEqual(['failed', 'answered_meanwhile'])
  await outbox.retry(held!)
  await quiet()
  expect(told).toEqual([2, undefined])
  expect(await outbox.pending(stream)).toEqual([])
})

test('two tabs: one sends at a time, each message once, both see what became of it', async () => {
  const server = new Server()
  const locks = browserLocks()
  const [left, right] = wires(2)
  const store = await openStore('anna')
  const tabs = [new Outbox(store, locks, left), new Outbox(store, locks, right)]
  const heard: News[][] = [[], []]
  tabs.forEach((tab, i) => tab.watch((news) => heard[i]!.push(news)))
  tabs.forEach((tab) => tab.connect(server))
  for (let n = 0; n < 5; n++) tabs.forEach((tab, i) => tab.write(stream, 'message', { text: `${i}.${n}` }))
  await vi.waitFor(() => expect(server.arrivals).toHaveLength(10))
  await quiet()
  expect(locks.most).toBe(1)
  expect(server.arrivals).toHaveLength(10)
  expect(new Set(server.arrivals).size).toBe(10)
  for (const news of heard) expect(news.filter((one) => one.fate === 'sent')).toHaveLength(10)
})

test('what is acknowledged is told at once, however slow the disk is to forget it', async () => {
  const store = await openStore('anna')
  vi.spyOn(store, 'remove').mockReturnValue(new Promise(() => {}))
  const outbox = new Outbox(store)
  const heard: string[] = []
  outbox.watch(({ fate }) => heard.push(fate))
  outbox.connect(new Server())
  outbox.write(stream, 'message', { text: 'words' })
  await quiet()
  expect(heard).toEqual(['queued', 'sent'])
})

test('news of words comes to nothing when their end is known', async () => {
  const [wire] = wires(1)
  const outbox = new Outbox(new MemoryStore(), undefined, wire)
  const heard: string[] = []
  outbox.watch(({ fate }) => heard.push(fate))
  const late: News = { fate: 'queued', pending: { cmid: 'a', stream, type: 'message', data: {}, at: '', state: 'queued' } }
  for (const data of [{ fate: 'discarded', stream, cmid: 'a' } as News, late]) wire!.onmessage!({ data })
  expect([heard, await outbox.pending(stream)]).toEqual([['discarded'], []])
})

test('what is discarded while the disk takes older words is not on it afterwards', async () => {
  const store = new MemoryStore()
  const put = store.put.bind(store)
  let free = () => {}
  const busy = new Promise<void>((done) => (free = done))
  vi.spyOn(store, 'put').mockImplementation(async (one) => busy.then(() => put(one)))
  const outbox = new Outbox(store)
  outbox.write(stream, 'message', { text: 'one' })
  const two = outbox.write(stream, 'message', { text: 'two' })
  await outbox.discard(two)
  free()
  await quiet()
  expect((await store.of(stream)).map((one) => one.data.text)).toEqual(['one'])
})

test('a tab without a line is helped by one that has a line', async () => {
  const server = new Server()
  const [left, right] = wires(2)
  const store = await openStore('anna')
  const locks = browserLocks()
  const offline = new Outbox(store, locks, left)
  offline.connect({ send: async () => { throw new Unsure() } })
  new Outbox(store, locks, right).connect(server)
  offline.write(stream, 'message', { text: 'help' })
  await quiet()
  expect(server.texts).toEqual(['help'])
})

describe('refused for good', () => {
  async function refused(trouble: Problem) {
    const server = new Server()
    server.trouble = trouble
    const outbox = new Outbox(await openStore('anna'))
    outbox.connect(server)
    const written = outbox.write(stream, 'message', { text: 'words' })
    await quiet()
    return { server, outbox, written }
  }

  test('the words stay, with the reason; nothing is tried again by itself', async () => {
    const { server, outbox } = await refused(problem(403, 'not_yours'))
    await outbox.flushAll()
    expect(server.arrivals).toHaveLength(1)
    expect(await outbox.pending(stream)).toMatchObject([{ state: 'failed', data: { text: 'words' }, problem: { code: 'not_yours' } }])
  })

  test('those behind it are not held up', async () => {
    const { server, outbox } = await refused(problem(422, 'too_long'))
    server.trouble = undefined
    outbox.write(stream, 'message', { text: 'next' })
    await quiet()
    expect(server.texts).toEqual(['next'])
  })

  test('Retry sends it with its old key', async () => {
    const { server, outbox, written } = await refused(problem(403, 'not_yours'))
    server.trouble = undefined
    await outbox.retry((await outbox.pending(stream))[0]!)
    expect([...server.stored.keys()]).toEqual([written.cmid])
  })

  test('unless the key itself was the trouble', async () => {
    const { server, outbox, written } = await refused(problem(409, 'idempotency_conflict'))
    server.trouble = undefined
    await outbox.retry((await outbox.pending(stream))[0]!)
    expect(server.stored.has(written.cmid)).toBe(false)
    expect(server.texts).toEqual(['words'])
  })

  test('Delete forgets it', async () => {
    const { outbox, written } = await refused(problem(403, 'not_yours'))
    await outbox.discard(written)
    expect(await outbox.pending(stream)).toEqual([])
  })
})

test('a busy server is asked again after the time it named', async () => {
  const server = new Server()
  server.trouble = new Problem({ code: 'draining', status: 503, title: '', detail: '', retry_after: 0.01 })
  const outbox = new Outbox(await openStore('anna'))
  outbox.connect(server)
  outbox.write(stream, 'message', { text: 'later' })
  await quiet()
  server.trouble = undefined
  await new Promise((done) => setTimeout(done, 60))
  expect(server.texts).toEqual(['later'])
})

test('a busy server is not asked more often the more is written', async () => {
  vi.useFakeTimers()
  const server = new Server()
  server.trouble = problem(503, 'db_down')
  const outbox = new Outbox(new MemoryStore())
  outbox.connect(server)
  for (let n = 0; n < 10; n++) outbox.write(stream, 'message', { text: `${n}` })
  await vi.advanceTimersByTimeAsync(0)
  const before = server.arrivals.length
  await vi.advanceTimersByTimeAsync(10_000)
  vi.useRealTimers()
  expect(server.arrivals.length - before).toBeLessThanOrEqual(10)
})

test('after a day of not knowing, it is said openly', async () => {
  const store = await openStore('anna')
  await store.put({ cmid: newId(), stream, type: 'message', data: { text: 'old' }, at: new Date(Date.now() - 25 * 3_600_000).toISOString(), state: 'queued' })
  const outbox = new Outbox(store)
  outbox.connect({ send: async () => { throw new Unsure() } })
  await quiet()
  expect(await outbox.pending(stream)).toMatchObject([{ state: 'failed', data: { text: 'old' } }])
})

describe('a browser that keeps nothing', () => {
  test('still sends', async () => {
    vi.stubGlobal('indexedDB', { open: () => { throw new Error('denied') } })
    const server = new Server()
    const outbox = new Outbox(await openStore('anna'))
    outbox.connect(server)
    outbox.write(stream, 'message', { text: 'private window' })
    await quiet()
    vi.unstubAllGlobals()
    expect(server.texts).toEqual(['private window'])
  })

  test('sends where it is denied everything, as in a frame on another site', async () => {
    const denied = async () => { throw new DOMException('The request was denied.', 'SecurityError') }
    vi.stubGlobal('indexedDB', { open: () => { throw new Error('denied') } })
    vi.stubGlobal('navigator', { locks: { query: denied, request: denied } })
    const server = new Server()
    const outbox = await Outbox.open('anna')
    outbox.connect(server)
    outbox.write(stream, 'message', { text: 'in a frame' })
    await quiet()
    vi.unstubAllGlobals()
    expect(server.texts).toEqual(['in a frame'])
  })

  test('what is discarded in one tab while another tries it again is not shown as waiting there', async () => {
    const [left, right] = wires(2)
    const store = await openStore('anna')
    const server = Object.assign(new Server(), { trouble: problem(422, 'rude') })
    const [here, there] = [new Outbox(store, browserLocks(), left), new Outbox(store, browserLocks(), right)]
    here.connect(server)
    here.write(stream, 'message', { text: 'words' })
    await quiet()
    const [refused] = await there.pending(stream)
    const fates: News['fate'][] = []
    there.watch(({ fate }) => fates.push(fate))
    void there.retry(refused!)
    void here.discard(refused!)
    await quiet()
    expect([fates, await there.pending(stream)]).toEqual([['discarded'], []])
  })

  /** A disk that is full from now on. */
  function fills(store: Store, deed: 'put' | 'remove', late = 0) {
    return vi.spyOn(store, deed).mockImplementation(async () => {
      await new Promise((done) => setTimeout(done, late))
      throw new DOMException('', 'QuotaExceededError')
    })
  }

  test('what a full disk cannot mark as refused is not sent again and again', async () => {
    const store = await openStore('anna')
    const server = new Server()
    server.up = false
    const outbox = new Outbox(store)
    outbox.connect(server)
    outbox.write(stream, 'message', { text: 'words' })
    await quiet()
    fills(store, 'put')
    Object.assign(server, { up: true, trouble: problem(422, 'too_long') })
    await outbox.flushAll()
    expect(server.arrivals).toHaveLength(1)
    expect(await outbox.pending(stream)).toMatchObject([{ state: 'failed', problem: { code: 'too_long' } }])
  })

  test('what a disk does not let go of is not sent again and again', async () => {
    const store = await openStore('anna')
    fills(store, 'remove')
    const server = new Server()
    const outbox = new Outbox(store)
    outbox.connect(server)
    outbox.write(stream, 'message', { text: 'words' })
    await quiet()
    await outbox.flushAll()
    expect([server.arrivals.length, await outbox.pending(stream)]).toEqual([1, []])
  })

  test('words the disk refuses slowly are not overtaken by newer ones it takes', async () => {
    const store = await openStore('anna')
    const server = new Server()
    const outbox = new Outbox(store)
    outbox.connect(server)
    const full = fills(store, 'put', 30)
    outbox.write(stream, 'message', { text: 'long' })
    full.mockRestore()
    outbox.write(stream, 'message', { text: 'short' })
    await vi.waitFor(() => expect(server.texts).toEqual(['long', 'short']))
  })

  test('words the disk refuses are known to the other tab, should this one be closed', async () => {
    const [left, right] = wires(2)
    const store = await openStore('anna')
    const [here, there] = [new Outbox(store, browserLocks(), left), new Outbox(store, browserLocks(), right)]
    fills(store, 'put')
    here.write(stream, 'message', { text: 'words' })
    await quiet()
    here.leave()
    const server = new Server()
    there.connect(server)
    await quiet()
    expect([server.texts, await there.pending(stream)]).toEqual([['words'], []])
  })

  test('a tab opened meanwhile hears that they were refused as soon as the disk has room for that', async () => {
    const [left, right] = wires(2)
    const store = await openStore('anna')
    const server = new Server()
    server.up = false
    const here = new Outbox(store, browserLocks(), left)
    here.connect(server)
    here.write(stream, 'message', { text: 'rude' })
    await quiet()
    const full = fills(store, 'put')
    Object.assign(server, { up: true, trouble: problem(422, 'too_long') })
    await here.flushAll()
    const there = new Outbox(store, browserLocks(), right)
    const news: News[] = []
    there.watch((one) => news.push(one))
    expect(await there.pending(stream)).toMatchObject([{ state: 'queued' }])
    full.mockRestore()
    here.write(stream, 'message', { text: 'rude again' })
    await quiet()
    expect(news[0]).toMatchObject({ fate: 'failed', pending: { data: { text: 'rude' } } })
  })

  test('once the disk has room again, no other tab finds newer words there without the older', async () => {
    const store = await openStore('anna')
    const outbox = new Outbox(store)
    const full = fills(store, 'put')
    outbox.write(stream, 'message', { text: 'older' })
    await quiet()
    full.mockRestore()
    outbox.write(stream, 'message', { text: 'newer' })
    await quiet()
    expect((await store.of(stream)).map((one) => one.data.text)).toEqual(['older', 'newer'])
  })

  test('a tab opened later hears of older words with the newer ones', async () => {
    const [left, right] = wires(2)
    const store = await openStore('anna')
    const here = new Outbox(store, browserLocks(), left)
    fills(store, 'put')
    here.write(stream, 'message', { text: 'older' })
    await quiet()
    const there = new Outbox(store, browserLocks(), right)
    here.write(stream, 'message', { text: 'newer' })
    await quiet()
    expect((await there.pending(stream)).map((one) => one.data.text)).toEqual(['older', 'newer'])
  })

  test('a full disk keeps it in memory', async () => {
    const store = new MemoryStore()
    vi.spyOn(store, 'put').mockRejectedValue(new Error('QuotaExceededError'))
    const outbox = new Outbox(store)
    outbox.write(stream, 'message', { text: 'full' })
    await quiet()
    expect(await outbox.pending(stream)).toHaveLength(1)
  })
})

describe('drafts', () => {
  test('saved after a pause, found again after a reload', async () => {
    const outbox = new Outbox(await openStore('anna'))
    outbox.keepDraft(stream, 'Does the lamp')
    outbox.keepDraft(stream, 'Does the lamp work')
    expect(await outbox.draft(stream)).toBe('Does the lamp work')
    await new Promise((done) => setTimeout(done, 350))
    expect(await new Outbox(await openStore('anna')).draft(stream)).toBe('Does the lamp work')
  })

  test('a page that is closed at once saves at once', async () => {
    const outbox = new Outbox(await openStore('anna'))
    outbox.keepDraft(stream, 'half a wo')
    outbox.settle()
    await quiet()
    expect(await new Outbox(await openStore('anna')).draft(stream)).toBe('half a wo')
  })

  test('what a full disk refuses is the newest all the same, until the disk takes words again', async () => {
    const store = await openStore('anna')
    const outbox = new Outbox(store)
    const write = (text: string) => (outbox.keepDraft(stream, text), outbox.settle(), quiet())
    await write('old')
    const full = vi.spyOn(store, 'keep').mockRejectedValue(new DOMException('', 'QuotaExceededError'))
    await write('older and new')
    expect(await outbox.draft(stream)).toBe('older and new')
    full.mockRestore()
    await write('newest')
    expect([await outbox.draft(stream), await store.draft(stream)]).toEqual(['newest', 'newest'])
  })

  test('signing out leaves nothing for the next person', async () => {
    const outbox = new Outbox(await openStore('anna'))
    outbox.keepDraft(stream, 'secret')
    outbox.settle()
    outbox.write(stream, 'message', { text: 'secret' })
    await quiet()
    await outbox.erase()
    const next = new Outbox(await openStore('anna'))
    expect([await next.draft(stream), await next.pending(stream)]).toEqual(['', []])
  })

  test('nothing written after signing out comes back to the disk', async () => {
    const outbox = new Outbox(await openStore('anna'))
    await outbox.erase()
    outbox.keepDraft(stream, 'secret')
    outbox.settle()
    outbox.write(stream, 'message', { text: 'secret' })
    await quiet()
    expect(await new Outbox(await openStore('anna')).draft(stream)).toBe('')
  })

  test('a visitor who signs in finds their words; the next visitor finds nothing', async () => {
    const visitor = new Outbox(await openStore('visitor'))
    visitor.keepDraft('new.product.1', 'is it')
    visitor.keepDraft('new.product.2', 'and this')
    visitor.settle()
    await quiet()
    const anna = new Outbox(await openStore('anna'))
    await anna.takeOver(new Outbox(await openStore('visitor')))
    expect([await anna.draft('new.product.1'), await anna.draft('new.product.2')]).toEqual(['is it', 'and this'])
    expect(await new Outbox(await openStore('visitor')).draft('new.product.1')).toBe('')
  })

  test('what was written is known to be on the disk', async () => {
    const outbox = new Outbox(await openStore('anna'))
    const written = outbox.write(stream, 'message', { text: 'kept' })
    await outbox.kept(written)
    expect(await (await openStore('anna')).of(stream)).toHaveLength(1)
  })
})

test('what is written after the clock was put back goes out after what waits, whichever page wrote that', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3_600_000 })
  const server = new Server()
  server.up = false
  new Outbox(await openStore('anna')).write(stream, 'message', { text: 'before' })
  await quiet()
  vi.useRealTimers()
  vi.resetModules()
  const anew = await import('./outbox')
  const after = new anew.Outbox(await openStore('anna'))
  after.connect(server)
  await quiet()
  after.write(stream, 'message', { text: 'after' })
  await quiet()
  server.up = true
  await after.flushAll()
  expect(server.texts).toEqual(['before', 'after'])
})

describe('a change of a message', () => {
  const change = async (epoch: string) => {
    const outbox = new Outbox(new MemoryStore())
    const server = Object.assign(new Server(), { epoch: 'second' })
    const fates: News['fate'][] = []
    outbox.watch(({ fate }) => fates.push(fate))
    outbox.write(stream, 'edit', { target: 3, text: 'mended' }, { epoch })
    outbox.connect(server)
    await quiet()
    return { fate: fates.at(-1), texts: server.texts }
  }

  test('is never sent into another story, where its number may be that of other words', async () => {
    expect(await change('first')).toEqual({ fate: 'failed', texts: [] })
  })

  test('goes into the story that it is meant for', async () => {
    expect(await change('second')).toEqual({ fate: 'sent', texts: ['mended'] })
  })
})
