import type { Down, Up } from '../frames'
import { Problem } from '../problem'
import type { Addition, Conversation, Event, Participant, Receipt, Side, StreamPage } from '../types'
import type { World } from './world'

export const talks = ['1', '2']
export const open = (talk: string) => `c.${talk}.p`
export const notes = (talk: string) => `c.${talk}.n`
const talkOf = (stream: string) => stream.split('.')[1]!
const far = 40

const refusal = (status: number, code: string, wait?: number) =>
  new Problem({ code, status, title: code, detail: '', ...(wait ? { retry_after: wait } : {}) })

/** Everything the server has stored: streams of events, how far the sides have come, and the rows of the lists. */
export class Story {
  streams = new Map<string, Event[]>()
  marks = new Map<string, { reads: Required<Pick<Record<Side, number>, 'buyer' | 'seller'>>; delivered: { buyer: number; seller: number } }>()
  rows = new Map<string, Conversation>()
  private keys = new Map<string, Event>()

  constructor(readonly epoch: string) {
    for (const talk of talks) {
      for (const stream of [open(talk), notes(talk)]) {
        this.streams.set(stream, [])
        this.marks.set(stream, { reads: { buyer: 0, seller: 0 }, delivered: { buyer: 0, seller: 0 } })
      }
      this.rows.set(talk, { id: talk, shop: { id: 's', name: 'S' }, version: 1, state: 'waiting_seller', waiting_on: 'seller', created_at: '2026-11-14T10:00:00Z', last: null, head: 0, notes_head: 0 } as unknown as Conversation)
    }
  }

  static of(other: Story, epoch: string): Story {
    const copy = new Story(epoch)
    copy.streams = structuredClone(other.streams)
    copy.marks = structuredClone(other.marks)
    copy.rows = structuredClone(other.rows)
    copy.keys = structuredClone(other.keys)
    return copy
  }

  log(stream: string): Event[] {
    return this.streams.get(stream)!
  }

  row(talk: string): Conversation {
    return structuredClone({ ...this.rows.get(talk)!, ...this.marks.get(open(talk))! }) as Conversation
  }

  append(stream: string, actor: Participant, { cmid, type, data }: Addition, at: number): { event: Event; replayed: boolean } {
    const words = data as { text?: string; target?: number }
    const key = `${stream} ${actor.id} ${cmid}`
    const earlier = this.keys.get(key)
    if (earlier) {
      if (earlier.type !== type || JSON.stringify(earlier.data) !== JSON.stringify(data)) throw refusal(409, 'idempotency_conflict')
      return { event: earlier, replayed: true }
    }
    if (words.text?.startsWith('rude')) throw refusal(422, 'rude')
    const target = words.target === undefined ? undefined : this.log(stream)[words.target - 1]
    if (words.target !== undefined && (target?.type !== 'message' || target.actor.id !== actor.id)) throw refusal(409, 'not_yours')
    const seq = this.log(stream).length + 1
    const event: Event = { seq, id: `${this.epoch}.${stream}.${seq}`, type, at: new Date(at).toISOString(), actor, data: structuredClone(data), cmid }
    this.log(stream).push(event)
    this.keys.set(key, event)
    const row = this.rows.get(talkOf(stream))!
    const state = type === 'resolve' ? 'resolved' : type !== 'message' ? row.state : actor.side === 'buyer' ? 'waiting_seller' : 'waiting_buyer'
    const heads = stream.endsWith('p') ? { head: seq } : { notes_head: seq }
    this.rows.set(row.id, { ...row, ...heads, state, version: row.version + 1 })
    return { event, replayed: false }
  }

  /** Whether the mark moved. */
  mark(stream: string, kind: 'reads' | 'delivered', side: 'buyer' | 'seller', seq: number): boolean {
    const marks = this.marks.get(stream)!
    if (seq > this.log(stream).length) throw refusal(400, 'beyond_head')
    if (seq <= marks[kind][side]) return false
    marks[kind][side] = seq
    const row = this.rows.get(talkOf(stream))!
    this.rows.set(row.id, { ...row, version: row.version + 1 })
    return true
  }

  page(stream: string, { after, before, limit = 50 }: { after?: number; before?: number; limit?: number }): StreamPage {
    const log = this.log(stream)
    const end = before === undefined ? after! + Math.min(limit, far) : before - 1
    const events = before === undefined ? log.slice(after!, end) : log.slice(Math.max(0, end - limit), end)
    return structuredClone({ stream, head: log.length, epoch: this.epoch, events, ...this.marks.get(stream)! })
  }
}

export interface Wire {
  say(frame: Down): void
  end(code: number): void
}

/** The server as PROTOCOL 2, 3, 5 and 8 tell it, in the plainest way; what it does badly it does on purpose. */
export class Server {
  story = new Story('epoch0')
  /** Stories that a restore ended, by their epoch. */
  readonly told = new Map<string, Story>([['epoch0', this.story]])
  busy = false
  /** Pushes that get lost, come twice or too late, until the heads are compared. */
  sloppy = false
  private kept: Story | undefined
  private sessions = new Set<Session>()
  private tickets = new Set<string>()
  private given = 0
  private bell = new Set<() => void>()

  constructor(readonly world: World, readonly person: Participant) {}

  backUp(): void {
    this.kept = Story.of(this.story, 'backup')
  }

  restore(): boolean {
    if (!this.kept) return false
    this.story = Story.of(this.kept, `epoch${this.told.size}`)
    this.told.set(this.story.epoch, this.story)
    for (const session of [...this.sessions]) session.end(1006)
    this.ring()
    return true
  }

  drain(): void {
    for (const session of [...this.sessions]) {
      session.say({ t: 'bye', after_ms: this.world.chance.int(0, 3_000) })
      session.end(4012)
    }
  }

  hangUpAll(code: number): void {
    for (const session of [...this.sessions]) session.end(code)
  }

  ticket(): { ticket: string } {
    this.mayWork()
    const ticket = `ticket${++this.given}`
    this.tickets.add(ticket)
    return { ticket }
  }

  accept(wire: Wire): Session {
    const session = new Session(this, wire, (token) => this.tickets.delete(token))
    this.sessions.add(session)
    return session
  }

  leave(session: Session): void {
    this.sessions.delete(session)
  }

  page(stream: string, slice: Parameters<Story['page']>[1]): StreamPage {
    this.mayWork()
    return this.story.page(stream, slice)
  }

  post(stream: string, event: Addition): Receipt {
    this.mayWork()
    return this.store(stream, this.person, event)
  }

  row(talk: string): Conversation {
    this.mayWork()
    return this.story.row(talk)
  }

  rows(): Conversation[] {
    return talks.map((talk) => this.row(talk))
  }

  /** Somebody who needs no line says something. */
  store(stream: string, actor: Participant, addition: Addition): Receipt {
    const { event, replayed } = this.story.append(stream, actor, addition, this.world.now)
    if (!replayed) this.publish(stream, event)
    return { cmid: addition.cmid, id: event.id, seq: event.seq, at: event.at, replayed }
  }

  mark(stream: string, kind: 'read' | 'ack', side: 'buyer' | 'seller', seq: number): void {
    if (!this.story.mark(stream, kind === 'read' ? 'reads' : 'delivered', side, seq)) return
    for (const session of this.sessions) session.cursor(stream, { t: 'cursor', stream, kind: kind === 'read' ? 'read' : 'delivered', side, seq })
    this.changed(stream)
  }

  /** What stands behind a place, at once or when something happens within the wait. */
  async news(cursor: string, wait: number): Promise<{ cursor: string; frames: Down[] }> {
    this.mayWork()
    const found = this.behind(cursor)
    if (found.frames.length || !wait) return found
    await new Promise<void>((rung) => {
      const ring = () => this.bell.delete(ring) && rung()
      this.bell.add(ring)
      this.world.later(wait, ring)
    })
    return this.behind(cursor)
  }

  isBusy(): boolean {
    return this.busy && this.world.chance.happens(0.6)
  }

  mayWork(): void {
    if (this.isBusy()) throw this.world.chance.happens(0.5) ? refusal(503, 'draining', 1) : refusal(500, 'our_fault')
  }

  answer(sid: string, stream: string, after: number): Down {
    const events = this.story.log(stream).slice(after)
    const recovered = events.length <= far
    return structuredClone({ t: 'sub_ok', sid, stream, head: after + events.length, recovered, events: recovered ? events : [], ...this.story.marks.get(stream)! }) as Down
  }

  isOther(after: number, epoch: string | null | undefined, stream: string): boolean {
    return after > this.story.log(stream).length || (Boolean(epoch) && epoch !== this.story.epoch)
  }

  private behind(cursor: string): { cursor: string; frames: Down[] } {
    const [epoch = '', ...rest] = cursor.split('~')
    const frames: Down[] = []
    let place = this.story.epoch
    for (let n = 0; n < rest.length; n += 2) {
      const [stream, after] = [rest[n]!, Number(rest[n + 1])]
      const head = this.story.log(stream).length
      place += `~${stream}~${head}`
      if (this.isOther(after, epoch, stream)) frames.push({ t: 'reset', sid: stream, stream, head })
      else if (head > after || !epoch) frames.push(this.answer(stream, stream, after))
    }
    return { cursor: place, frames }
  }

  private publish(stream: string, event: Event): void {
    for (const session of this.sessions) session.event(stream, event)
    this.changed(stream)
  }

  private changed(stream: string): void {
    for (const session of this.sessions) session.row(this.story.row(talkOf(stream)))
    this.ring()
  }

  private ring(): void {
    for (const ring of [...this.bell]) ring()
  }
}

const beat = 25_000
const patience = 8_000
const rounds = 5_000

/** One socket, as the server sees it. */
export class Session {
  private welcome = false
  private over = false
  private watching = false
  private subs = new Map<string, { sid: string; told: number }>()
  private heard = 0

  constructor(private readonly server: Server, private readonly wire: Wire, private readonly redeem: (token: string) => boolean) {
    this.server.world.later(10_000, () => !this.welcome && this.end(4001))
  }

  hear(frame: Up): void {
    if (this.over) return
    this.heard = this.server.world.now
    try {
      this.obey(frame)
    } catch (trouble) {
      if (!(trouble instanceof Problem)) throw trouble
      const problem = { type: '', ...trouble.body }
      if (frame.t === 'send') this.say({ t: 'refused', cmid: frame.cmid, problem })
      else if (frame.t === 'sub') this.say({ t: 'refused', sid: frame.sid, problem })
      else this.say({ t: 'refused', problem })
    }
  }

  event(stream: string, event: Event): void {
    const { chance } = this.server.world
    switch (this.server.sloppy ? chance.weighed({ well: 5, lost: 2, twice: 1, late: 2 }) : 'well') {
      case 'lost': return
      case 'late': return this.server.world.later(chance.int(50, 3_000), () => this.tell(stream, event))
      case 'twice': this.tell(stream, event)
    }
    this.tell(stream, event)
  }

  private tell(stream: string, event: Event): void {
    const sub = this.subs.get(stream)
    if (!sub) return
    sub.told = Math.max(sub.told, event.seq)
    this.say({ t: 'event', stream, event: structuredClone(event) })
  }

  cursor(stream: string, frame: Down): void {
    if (this.subs.has(stream)) this.say(frame)
  }

  row(conversation: Conversation): void {
    if (this.watching) this.say({ t: 'row', conversation })
  }

  say(frame: Down): void {
    if (!this.over) this.wire.say(frame)
  }

  end(code: number): void {
    if (this.over) return
    this.over = true
    this.server.leave(this)
    this.wire.end(code)
  }

  private obey(frame: Up): void {
    if (frame.t === 'hello') return this.greet(frame.token)
    if (!this.welcome) return this.end(4001)
    const { server } = this
    switch (frame.t) {
      case 'watch': return void (this.watching = true)
      case 'unsub': return this.unsub(frame.sid)
      case 'sub': return this.sub(frame)
      case 'ack':
      case 'read': return server.mark(frame.stream, frame.t, 'seller', frame.seq)
      case 'send': {
        server.mayWork()
        return this.say({ t: 'ok', ...server.store(frame.stream, server.person, frame) })
      }
    }
  }

  private greet(token: string): void {
    if (this.server.isBusy()) return this.end(4000)
    if (!this.redeem(token)) return this.end(4003)
    this.welcome = true
    const { now } = this.server.world
    const limits = { frame_bytes: 65_536, text_chars: 10_000, subscriptions: 64, attachment_bytes: 1_000_000 }
    this.say({ t: 'welcome', conn: 'x', server_time: new Date(now).toISOString(), epoch: this.server.story.epoch, ping_ms: beat, limits })
    this.beat()
    this.round()
  }

  private sub({ sid, stream, after = 0, epoch }: Up & { t: 'sub' }): void {
    this.server.mayWork()
    const head = this.server.story.log(stream).length
    this.subs.set(stream, { sid, told: head })
    this.say(this.server.isOther(after, epoch, stream) ? { t: 'reset', sid, stream, head } : this.server.answer(sid, stream, after))
  }

  private unsub(sid: string): void {
    for (const [stream, one] of this.subs) if (one.sid === sid) this.subs.delete(stream)
  }

  private beat(): void {
    this.server.world.later(beat, () => {
      if (this.over) return
      const asked = this.server.world.now
      this.say({ t: 'ping' })
      this.server.world.later(patience, () => (this.heard < asked ? this.end(4009) : this.beat()))
    })
  }

  /** Heads are compared: what was not told is told. A hole before what was told is not seen here. */
  private round(): void {
    this.server.world.later(rounds, () => {
      if (this.over) return
      for (const [stream, { told }] of this.subs) for (const event of this.server.story.log(stream).slice(told)) this.tell(stream, event)
      this.round()
    })
  }
}
