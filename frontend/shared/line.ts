import { Feed, type Fetch, type Follower } from './feed'
import type { Down, Presence, Up } from './frames'
import { Problem } from './problem'
import type { Conversation, Receipt } from './types'

export interface Socket {
  send(text: string): void
  close(code?: number): void
  onopen: (() => void) | null
  onmessage: ((message: { data: string }) => void) | null
  onclose: ((close: { code: number }) => void) | null
}

export interface Means {
  ticket(): Promise<{ ticket: string }>
  page: Fetch
  dial(): Socket
  chance?: () => number
}

export type LineState = 'idle' | 'connecting' | 'open' | 'waiting' | 'ended'
export type Ending = 'signed_out' | 'version' | 'origin'

/** Nobody knows whether it was stored: try again with the same key (PROTOCOL 3). */
export class Unsure extends Error {}

const silence = 35_000
const answer = 5_000
const greeting = 10_000
const proven = 60_000
const longest = 30_000
const refusals: Record<number, Ending> = { 4005: 'signed_out', 4013: 'version', 4014: 'origin' }

interface Waiting {
  resolve(receipt: Receipt): void
  reject(reason: Error): void
  timer: ReturnType<typeof setTimeout>
}

/** The one live connection of a page: it dials, listens, comes back by itself and never shows anything twice. */
export class Line {
  state: LineState = 'idle'
  ending: Ending | undefined
  epoch: string | undefined

  private socket: Socket | undefined
  private attempt = 0
  private stale = false
  private skew = 0
  private heard = 0
  private sids = 0
  private redial: Timer
  private quiet: Timer
  private settled: Timer
  private feeds = new Map<string, Feed>()
  private turns = new Map<string, Promise<unknown>>()
  private waiting = new Map<string, Waiting>()
  private marks = new Marker((kind, stream, seq) => this.push({ t: kind, stream, seq }))
  private onStates = new Set<(state: LineState) => void>()
  private onFresh = new Set<() => void>()
  private onRows = new Set<(row: Conversation) => void>()
  private onPresences = new Set<(presence: Presence) => void>()

  constructor(private readonly means: Means) {}

  /** The server's clock, in milliseconds. */
  now(): number {
    return Date.now() + this.skew
  }

  start(): void {
    if (this.state === 'idle' || this.state === 'ended') void this.connect()
  }

  stop(): void {
    this.become('idle')
    this.hangUp()
  }

  /** The computer woke up or the network came back: do not sit out a delay, do not trust an old socket. */
  wake(doubt = silence): void {
    if (this.state === 'waiting') void this.connect()
    else if (this.state === 'open' && Date.now() - this.heard > doubt) this.lose()
  }

  onstate(listener: (state: LineState) => void): () => void {
    return listen(this.onStates, listener)
  }

  onfresh(listener: () => void): () => void {
    return listen(this.onFresh, listener)
  }

  onpresence(listener: (presence: Presence) => void): () => void {
    return listen(this.onPresences, listener)
  }

  watch(listener: (row: Conversation) => void): () => void {
    if (!this.onRows.size) this.push({ t: 'watch' })
    return listen(this.onRows, listener)
  }

  follow(stream: string, follower: Follower, from: { applied: number; epoch?: string | undefined }): () => void {
    this.feeds.get(stream)?.close()
    const feed = new Feed(String(++this.sids), stream, follower, this.means.page, from.applied, from.epoch)
    this.feeds.set(stream, feed)
    this.subscribe(feed)
    return () => this.leave(feed)
  }

  /** Store an event. One at a time per stream, so that the order of writing is the order of numbers. */
  send(stream: string, cmid: string, type: string, data: unknown): Promise<Receipt> {
    const before = this.turns.get(stream) ?? Promise.resolve()
    const sent = before.catch(() => {}).then(() => this.deliver({ t: 'send', stream, cmid, type, data }))
    this.turns.set(stream, sent)
    return sent
  }

  ack(stream: string, seq: number): void {
    this.marks.set('ack', stream, seq)
  }

  read(stream: string, seq: number): void {
    this.marks.set('read', stream, seq)
  }

  typing(stream: string, on: boolean): void {
    this.push({ t: 'typing', stream, on })
  }

  private async connect(): Promise<void> {
    clearTimeout(this.redial)
    this.become('connecting')
    const ticket = await this.means.ticket().catch((trouble: unknown) => this.noTicket(trouble))
    if (!ticket || this.state !== 'connecting') return
    const socket = (this.socket = this.means.dial())
    socket.onopen = () => this.push({ t: 'hello', token: ticket.ticket, client: 'web', version: '1' })
    socket.onmessage = ({ data }) => this.socket === socket && this.hear(JSON.parse(data) as Down)
    socket.onclose = ({ code }) => this.socket === socket && this.lose(code)
    this.expect(greeting)
  }

  private noTicket(trouble: unknown): void {
    if (this.state !== 'connecting') return
    const { status, retryAfter } = trouble as Partial<Problem>
    if (status === 401 || status === 403) this.end('signed_out')
    else this.later(retryAfter ? retryAfter * 1000 * (1 + this.chance()) : undefined)
  }

  private hear(frame: Down): void {
    this.heard = Date.now()
    this.expect(silence)
    switch (frame.t) {
      case 'welcome': return this.welcomed(frame)
      case 'ping': return this.push({ t: 'pong' })
      case 'bye': return this.leaveFor(frame.after_ms)
      case 'ok': return this.settle(frame.cmid, (waiting) => waiting.resolve(frame))
      case 'refused': return this.refused(frame)
      case 'event': return this.feeds.get(frame.stream)?.take(frame.event)
      case 'sub_ok': return this.resumed(frame)
      case 'reset': return this.restart(frame)
      case 'gone': return this.gone(frame.stream)
      case 'cursor': return this.feeds.get(frame.stream)?.follower.cursor?.(frame)
      case 'typing': return this.feeds.get(frame.stream)?.follower.typing?.(frame)
      case 'presence': return tell(this.onPresences, frame)
      case 'row': return tell(this.onRows, frame.conversation)
    }
  }

  private welcomed(frame: Down & { t: 'welcome' }): void {
    this.skew = Date.parse(frame.server_time) - Date.now() || 0
    this.epoch = frame.epoch
    this.stale = false
    this.settled = setTimeout(() => (this.attempt = 0), proven)
    this.become('open')
    if (this.onRows.size) this.push({ t: 'watch' })
    for (const feed of this.feeds.values()) this.subscribe(feed)
    this.marks.open()
    for (const listener of this.onFresh) listener()
  }

  private subscribe({ sid, stream, applied, epoch }: Feed): void {
    if (this.state === 'open') this.push({ t: 'sub', sid, stream, after: applied, ...(epoch ? { epoch } : {}) })
  }

  private leave(feed: Feed): void {
    feed.close()
    if (this.feeds.get(feed.stream) !== feed) return
    this.feeds.delete(feed.stream)
    this.push({ t: 'unsub', sid: feed.sid })
  }

  private resumed(frame: Down & { t: 'sub_ok' }): void {
    const feed = this.feeds.get(frame.stream)
    if (feed?.sid !== frame.sid) return
    feed.epoch = this.epoch
    feed.follower.marks?.(frame.reads, frame.delivered)
    for (const event of frame.events) feed.take(event)
    if (!frame.recovered) void feed.fill(frame.head)
  }

  private restart(frame: Down & { t: 'reset' }): void {
    const feed = this.feeds.get(frame.stream)
    feed?.restart(frame.head, this.epoch).catch(() => this.lose())
  }

  private gone(stream: string): void {
    const feed = this.feeds.get(stream)
    if (!feed) return
    this.leave(feed)
    feed.follower.gone()
  }

  private refused({ cmid, sid, problem }: Down & { t: 'refused' }): void {
    if (cmid) return this.settle(cmid, (waiting) => waiting.reject(new Problem(problem)))
    const feed = [...this.feeds.values()].find((one) => one.sid === sid)
    if (feed && problem.status < 429) this.gone(feed.stream)
  }

  private deliver(frame: Up & { t: 'send' }): Promise<Receipt> {
    return new Promise((resolve, reject) => {
      if (this.state !== 'open') return reject(new Unsure())
      const timer = setTimeout(() => this.lose(), answer)
      this.waiting.set(frame.cmid, { resolve, reject, timer })
      this.push(frame)
    })
  }

  private settle(cmid: string, end: (waiting: Waiting) => void): void {
    const waiting = this.waiting.get(cmid)
    if (!waiting) return
    clearTimeout(waiting.timer)
    this.waiting.delete(cmid)
    end(waiting)
  }

  /** The connection is no more, or no longer to be trusted. */
  private lose(code = 4000): void {
    this.hangUp()
    const ending = code === 4003 && this.stale ? 'signed_out' : refusals[code]
    this.stale = code === 4003
    if (ending) this.end(ending)
    else this.later()
  }

  private leaveFor(ms: number): void {
    this.hangUp()
    this.later(ms)
  }

  private later(delay = this.delay()): void {
    this.become('waiting')
    this.redial = setTimeout(() => void this.connect(), delay)
  }

  /** Everybody loses the server at the same moment; nobody may come back at the same moment. */
  private delay(): number {
    const n = this.attempt++
    return this.chance() * (n ? Math.min(longest, 500 * 2 ** n) : 1_000)
  }

  private end(ending: Ending): void {
    this.ending = ending
    this.become('ended')
  }

  private hangUp(): void {
    for (const timer of [this.redial, this.quiet, this.settled]) clearTimeout(timer)
    const socket = this.socket
    this.socket = undefined
    socket?.close(1000)
    this.marks.shut()
    for (const cmid of [...this.waiting.keys()]) this.settle(cmid, (waiting) => waiting.reject(new Unsure()))
  }

  private expect(within: number): void {
    clearTimeout(this.quiet)
    this.quiet = setTimeout(() => this.lose(), within)
  }

  private push(frame: Up): void {
    if (this.socket && (this.state === 'open' || frame.t === 'hello')) this.socket.send(JSON.stringify(frame))
  }

  private become(state: LineState): void {
    this.state = state
    tell(this.onStates, state)
  }

  private chance(): number {
    return (this.means.chance ?? Math.random)()
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined
type Mark = 'ack' | 'read'

/** Receipts: only the highest matters, at most one a second per stream, kept while the line is down. */
class Marker {
  private due = new Map<string, number>()
  private told = new Map<string, number>()
  private timer: Timer
  private ready = false

  constructor(private readonly push: (kind: Mark, stream: string, seq: number) => void) {}

  set(kind: Mark, stream: string, seq: number): void {
    const key = `${kind} ${stream}`
    if (seq <= (this.told.get(key) ?? 0)) return
    this.due.set(key, Math.max(seq, this.due.get(key) ?? 0))
    this.flush()
  }

  /** What was told into a dying connection may never have arrived: tell it again. */
  open(): void {
    this.ready = true
    for (const [key, seq] of this.told) this.due.set(key, Math.max(seq, this.due.get(key) ?? 0))
    this.flush()
  }

  shut(): void {
    this.ready = false
    clearTimeout(this.timer)
    this.timer = undefined
  }

  private flush(): void {
    if (!this.ready || this.timer || !this.due.size) return
    for (const [key, seq] of this.due) {
      const [kind, stream] = key.split(' ') as [Mark, string]
      this.told.set(key, seq)
      this.push(kind, stream, seq)
    }
    this.due.clear()
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.flush()
    }, 1_000)
  }
}

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell<T>(listeners: Set<(news: T) => void>, news: T): void {
  for (const listener of listeners) listener(news)
}
