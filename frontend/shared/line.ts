import { Detour, type News } from './detour'
import type { Fetch, Follower } from './feed'
import type { Called, Cursor, Down, Presence, Up } from './frames'
import { Marker } from './marker'
import { Problem } from './problem'
import { Streams } from './streams'
import type { Addition, Conversation, Limits, Marks, Receipt, Side, StreamPage } from './types'

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
  /** The way around a socket that cannot be opened. */
  post?(stream: string, event: Addition): Promise<Receipt>
  /** What is new behind a cursor, once there is something. */
  news?(cursor: string, inbox: boolean): Promise<News>
  dial(): Socket
  side?: Side
  chance?: () => number
}

export type LineState = 'idle' | 'connecting' | 'open' | 'waiting' | 'ended'
export type Ending = 'signed_out' | 'version' | 'origin' | 'moved'

/** Nobody knows whether it was stored: try again with the same key (PROTOCOL 3). */
export class Unsure extends Error {}

const silence = 35_000
const answer = 5_000
const greeting = 10_000
const proven = 60_000
const longest = 30_000
const hanging = 5_000
const spell = 5
const blocked = 3
const refusals: Record<number, Ending> = { 4005: 'signed_out', 4013: 'version', 4014: 'origin', 4015: 'moved' }

interface Waiting {
  resolve(receipt: Receipt): void
  reject(reason: Error): void
  timer: ReturnType<typeof setTimeout>
}

/** The one live connection of a page: it dials, listens, comes back by itself and never shows anything twice. */
export class Line {
  state: LineState = 'idle'
  ending: Ending | undefined
  limits: Limits | undefined

  private socket: Socket | undefined
  private attempt = 0
  private stale = false
  private skew = 0
  private heard = 0
  private dialled = 0
  private dials = 0
  /** Sockets in a row that never came to a welcome, although a ticket for them came over HTTPS. */
  private unopened = 0
  private redial: Timer
  private quiet: Timer
  private settled: Timer
  /** Streams that the server could not read, to be asked for again. */
  private again: Timer[] = []
  private turns = new Map<string, Promise<unknown>>()
  private waiting = new Map<string, Waiting>()
  private readonly streams: Streams
  private readonly marks: Marker
  private readonly detour: Detour
  private onStates = new Set<(state: LineState) => void>()
  private onFresh = new Set<(anew: boolean) => void>()
  private onRows = new Set<(row: Conversation) => void>()
  private onPresences = new Set<(presence: Presence) => void>()
  private onCalls = new Set<(called: Called) => void>()

  constructor(private readonly means: Means) {
    this.streams = new Streams((...slice) => this.page(...slice), (frame) => this.push(frame))
    this.marks = new Marker(means.side, (kind, stream, seq) => this.push({ t: kind, stream, seq }))
    this.detour = new Detour(() => this.ask(), (news) => this.heardAround(news))
  }

  /** Whose story the server tells, as far as this page knows. */
  get epoch(): string | undefined {
    return this.streams.epoch
  }

  /** The server's clock, in milliseconds. */
  now(): number {
    return Date.now() + this.skew
  }

  start(): void {
    if (this.state === 'idle' || this.state === 'ended') void this.connect()
  }

  stop(): void {
    this.detour.end()
    this.become('idle')
    this.hangUp()
  }

  /** The computer woke up or the network came back: do not sit out a delay, do not trust an old socket. */
  wake(doubt = silence): void {
    const doubtful = this.state === 'connecting' && Date.now() - this.dialled > Math.min(doubt, hanging)
    if (doubtful) this.hangUp()
    if (doubtful || this.state === 'waiting') void this.connect()
    else if (this.state === 'open' && Date.now() - this.heard > doubt) this.lose()
  }

  onstate(listener: (state: LineState) => void): () => void {
    return listen(this.onStates, listener)
  }

  /** Ask again what is not repeated after a cut; `anew` if what is held may be of another story, and newer. */
  onfresh(listener: (anew: boolean) => void): () => void {
    return listen(this.onFresh, listener)
  }

  onpresence(listener: (presence: Presence) => void): () => void {
    return listen(this.onPresences, listener)
  }

  /** Somebody calls this person: a note names them, or they wanted to come back. */
  oncalled(listener: (called: Called) => void): () => void {
    return listen(this.onCalls, listener)
  }

  watch(listener: (row: Conversation) => void): () => void {
    if (!this.onRows.size) this.push({ t: 'watch' })
    return listen(this.onRows, listener)
  }

  follow(stream: string, follower: Follower, from: { applied: number; epoch?: string | undefined }): () => void {
    const reset = (page: StreamPage) => {
      this.marks.forget(stream)
      follower.reset(page)
    }
    return this.streams.follow(stream, { ...follower, reset }, from)
  }

  /** Store an event. One at a time per stream, so that the order of writing is the order of numbers. */
  send(stream: string, cmid: string, type: string, data: Addition['data'], seen?: number): Promise<Receipt> {
    const before = this.turns.get(stream) ?? Promise.resolve()
    const sent = before.catch(() => {}).then(() => this.deliver({ t: 'send', stream, cmid, type, data, ...(seen === undefined ? {} : { seen }) }))
    this.turns.set(stream, sent)
    return sent
  }

  ack(stream: string, seq: number): void {
    this.marks.set('ack', stream, seq)
  }

  read(stream: string, seq: number): void {
    this.marks.set('read', stream, seq)
  }

  /** How far the sides have come, as a page told it. */
  marked(stream: string, reads: Marks, delivered: Marks): void {
    this.marks.hear(stream, reads, delivered)
  }

  typing(stream: string, on: boolean): void {
    this.push({ t: 'typing', stream, on })
  }

  private async connect(): Promise<void> {
    clearTimeout(this.redial)
    const mine = ++this.dials
    this.dialled = Date.now()
    this.become('connecting')
    this.expect(greeting)
    const ticket = await this.means.ticket().catch((trouble: unknown) => this.dials === mine && this.noTicket(trouble))
    if (!ticket || this.dials !== mine) return
    this.unopened++
    const socket = (this.socket = this.means.dial())
    socket.onopen = () => {
      const hello: Up = { t: 'hello', token: ticket.ticket, client: 'web', version: '1' }
      socket.send(JSON.stringify(hello))
      if (this.onRows.size) socket.send('{"t":"watch"}') // before the rows are asked for: none may change in between
    }
    socket.onmessage = ({ data }) => this.socket === socket && this.hear(JSON.parse(data) as Down)
    socket.onclose = ({ code }) => this.socket === socket && this.lose(code)
    this.expect(greeting)
  }

  private noTicket(trouble: unknown): void {
    this.unopened = 0
    const { status, code, retryAfter } = trouble as Partial<Problem>
    clearTimeout(this.quiet)
    if (status === 401 || status === 403) this.end('signed_out')
    else if (code === 'acts_for_another') this.end('moved')
    else this.later(retryAfter ? retryAfter * 1000 * (1 + this.chance()) : undefined)
  }

  private hear(frame: Down): void {
    this.heard = Date.now()
    this.expect(silence)
    this.obey(frame)
  }

  /** Between two questions nobody heard which rows changed: the list is read anew with each. */
  private ask(): Promise<News> | undefined {
    const news = this.means.news?.(this.streams.cursor(), this.onRows.size > 0)
    if (this.onRows.size) this.freshen()
    return news
  }

  private heardAround({ cursor, frames }: News): void {
    const anew = this.learn(cursor.split('~')[0]!)
    this.streams.doubt()
    if (anew) this.freshen(anew)
    for (const frame of frames) this.obey('sid' in frame ? { ...frame, sid: this.streams.sid(frame.sid!) } as Down : frame)
  }

  private obey(frame: Down): void {
    switch (frame.t) {
      case 'welcome': return this.welcomed(frame)
      case 'ping': return this.push({ t: 'pong' })
      case 'bye': return this.leaveFor(frame.after_ms)
      case 'ok': return this.settle(frame.cmid, (waiting) => waiting.resolve(frame))
      case 'refused': return this.refused(frame)
      case 'row': return this.row(frame.conversation)
      case 'presence': return tell(this.onPresences, frame)
      case 'called': return tell(this.onCalls, frame)
      default: return this.told(frame)
    }
  }

  private welcomed(frame: Down & { t: 'welcome' }): void {
    this.skew = Date.parse(frame.server_time) - Date.now() || 0
    this.limits = frame.limits
    this.stale = false
    this.unopened = 0
    this.detour.end()
    this.settled = setTimeout(() => (this.attempt = 0), proven)
    const anew = this.learn(frame.epoch)
    this.become('open')
    if (this.onRows.size) this.push({ t: 'watch' })
    this.streams.open()
    this.marks.open()
    this.freshen(anew)
  }

  private freshen(anew = false): void {
    tell(this.onFresh, anew)
  }

  /** What was told of the story before says nothing in another one; rows may be older than all that is known. */
  private learn(epoch: string): boolean {
    const before = this.streams.learn(epoch)
    if (before && before !== epoch) this.marks.clear()
    return before !== epoch
  }

  /** A page that tells another story than the socket proves that this is no longer one. */
  private async page(...slice: Parameters<Fetch>): Promise<StreamPage> {
    const page = await this.means.page(...slice)
    if (!this.learn(page.epoch)) return page
    if (this.state === 'open') this.lose()
    this.freshen(true)
    return page
  }

  private row(row: Conversation): void {
    this.marks.hear(`c.${row.id}.p`, row.reads, row.delivered)
    tell(this.onRows, row)
  }

  private told(frame: Down & { stream: string }): void {
    if (frame.t === 'cursor') this.marks.hear(frame.stream, ...marksOf(frame))
    if (frame.t === 'sub_ok') this.marks.hear(frame.stream, frame.reads, frame.delivered)
    if (frame.t === 'reset' || frame.t === 'gone') this.marks.forget(frame.stream)
    this.streams.hear(frame)
  }

  private refused({ cmid, sid, problem }: Down & { t: 'refused' }): void {
    if (cmid) return this.settle(cmid, (waiting) => waiting.reject(new Problem(problem)))
    if (!sid) return
    if (problem.status < 429) this.streams.refused(sid)
    else this.again.push(setTimeout(() => this.streams.again(sid), (problem.retry_after ?? spell) * 1000 * (1 + this.chance())))
  }

  private deliver(frame: Up & { t: 'send' }): Promise<Receipt> {
    const { t, stream, ...event } = frame
    if (this.state !== 'open' && this.unopened >= blocked && this.means.post) return this.goAround(stream, event)
    return new Promise((resolve, reject) => {
      if (this.state !== 'open') return reject(new Unsure())
      const timer = setTimeout(() => this.lose(), answer)
      this.waiting.set(frame.cmid, { resolve, reject, timer })
      this.push(frame)
    })
  }

  private async goAround(stream: string, event: Addition): Promise<Receipt> {
    if (!this.epoch) await this.page(stream, { after: 0, limit: 1 }) // nobody else has told yet whose story it will be stored in
    const { epoch } = this
    const receipt = await this.means.post!(stream, event)
    if (epoch !== this.epoch) throw new Unsure() // it was stored in a story that is told no more
    this.streams.ask(stream)
    return receipt
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
    if (ending) return this.end(ending)
    this.later()
    if (this.unopened < blocked) return
    this.streams.ask()
    this.freshen()
    void this.detour.begin()
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
    this.detour.end()
    this.ending = ending
    this.become('ended')
  }

  private hangUp(): void {
    for (const timer of [this.redial, this.quiet, this.settled, ...this.again.splice(0)]) clearTimeout(timer)
    this.dials++
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
    if (this.state === 'open') this.socket?.send(JSON.stringify(frame))
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

const marksOf = ({ kind, side, seq }: Cursor): [Marks, Marks] => (kind === 'read' ? [{ [side]: seq }, {}] : [{}, { [side]: seq }])

function listen<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function tell<T>(listeners: Set<(news: T) => void>, news: T): void {
  for (const listener of listeners) listener(news)
}
