import { untrack } from 'svelte'
import { api } from './api'
import { outdated } from './boxes'
import { copy } from './copy'
import { brokenPromise, byTime, isOurs } from './entries'
import type { Follower } from './feed'
import { t } from './i18n'
import { Insist } from './insist'
import { ahead, Ledger, waiting, type Entry, type Said, type SendState } from './ledger'
import { highest, moved } from './moves'
import type { News } from './outbox'
import { offline, Problem } from './problem'
import type { Seat } from './seat'
import { byWriting, type Pending } from './store'
import { toast } from './toast.svelte'
import type { Attachment, Channel, ConfirmedFact, Conversation, Event, Marks, Participant, Reading, Side, StreamPage, Unsent } from './types'
import { Typing } from './typing.svelte'
import { upload } from './upload'

export type { Entry, Fact, Said, SendState } from './ledger'

/** What goes with words. */
export interface More { attachments?: Attachment[]; channel?: Channel; note?: boolean; facts?: ConfirmedFact[]; mentions?: string[] }

/** What a composer writes into: a thread, or what will become one. */
export interface Writer {
  say(text: string, more?: More): void
  edit(said: Said, text: string): void
  /** One's own words before a part of them was covered. */
  original?(said: Said): Promise<string>
  readonly lastOwn: Said | undefined
  editing?: Said | undefined
  type(): void
  draft(note?: boolean): Promise<string>
  keepDraft(text: string, note?: boolean): void
  /** What another device has written since; taken when it is shown. */
  newerDraft?(): Promise<string | undefined>
  takeDraft?(text: string): void
  attach?(file: File, onprogress: (share: number) => void): Promise<Attachment>
  /** What words say that are not sent yet, where it can be read. */
  read?(unsent: Unsent): Promise<Reading | undefined>
}

const newest = 50
/** So many come at once on the way to one far back. */
const many = 200
const mayEdit = 5 * 60_000

/** One conversation as a screen shows it: the stored events, what is on its way, who is there. */
export class Thread implements Writer {
  conversation = $state.raw<Conversation>()!
  loading = $state(false)
  problem = $state.raw<Problem>()
  gone = $state(false)
  here = $state<Partial<Record<Side, boolean>>>({})
  firstUnread = $state<number>()
  /** The message that the composer is changing. */
  editing = $state.raw<Said>()
  /** An act that the server refused, until another one is tried. */
  refused = $state.raw<{ action: string; problem: Problem }>()

  /** The streams of which there is more before what is here. */
  private longer = $state.raw<ReadonlySet<string>>(new Set())
  older = $derived(this.longer.size > 0)

  private said = $state.raw<Entry[]>([])
  private noted = $state.raw<Entry[]>([])
  private pendings = $state.raw<Pending[]>([])
  private reads = $state.raw<Marks>({})
  private delivered = $state.raw<Marks>({})

  entries = $derived.by(() => [...byTime(ahead(this.said, this.pendings), this.noted), ...this.unstored()])
  unread = $derived(this.said.filter((one) => one.kind === 'message' && !one.ours && one.seq! > this.readUpTo).length)
  lastOwn = $derived(this.entries.findLast((one): one is Said => one.kind === 'message' && this.canEdit(one)))

  /** The promise that was broken, unless the reader chose to wait on. */
  overdue = $derived.by(() => {
    const late = brokenPromise(this.entries)
    return this.conversation.waiting_on === 'seller' && late?.seq !== this.waitsOn ? late : undefined
  })

  /** What stands sent but held back, as a colleague has answered since it was begun. */
  crossed = $derived(this.pendings.find((one) => one.problem?.code === 'answered_meanwhile'))
  /** Where it goes on, told by the answer to words that were meant for here: it was merged meanwhile. */
  onward = $state<string>()
  /** Which colleagues have this conversation open, by their ids. */
  readers = $state.raw<Record<string, string>>({})
  /** The newest entry that stood here when the words in the field were begun. */
  private began: number | undefined

  private waitsOn = $state<number>()
  private readonly me: Participant
  private readonly ledgers: { open: Ledger; notes: Ledger }
  private readonly notes: boolean
  private ends: (() => void)[] = []
  private opening: Promise<void> | undefined
  /** Counts the closings: what was begun before one must not go on after it. */
  private closings = 0
  private readonly row = new Insist(() => api.conversation(this.conversation.id), (row) => this.update(row))
  private readonly hands: Typing
  /** What to do when an act or a change is refused, or done. */
  private fates = new Map<string, { undo: () => void; done?: (() => void) | undefined }>()

  constructor(private readonly seat: Seat, conversation: Conversation, options: { notes?: boolean } = {}) {
    this.conversation = conversation
    this.reads = conversation.reads
    this.delivered = conversation.delivered
    this.me = seat.person
    this.hands = new Typing(this.me, (on) => seat.line.typing(this.stream, on))
    this.notes = options.notes ?? false
    this.ledgers = { open: new Ledger(this.me), notes: new Ledger(this.me) }
  }

  get stream(): string {
    return `c.${this.conversation.id}.p`
  }

  get typing(): { side: Side; name: string } | null {
    return this.hands.other
  }

  /** A colleague who has been typing an answer within the last seconds. */
  get rival(): string {
    return this.hands.rival
  }

  get notesStream(): string {
    return `c.${this.conversation.id}.n`
  }

  /** Show the newest page and stay live. Calling it again does nothing until `close`. */
  open(): Promise<void> {
    const mine = this.closings
    this.opening ??= untrack(() => this.load(mine)).catch((trouble: unknown) => {
      if (mine !== this.closings) return
      this.close()
      this.problem = trouble instanceof Problem ? trouble : offline()
    })
    return this.opening
  }

  close(): void {
    for (const end of this.ends) end()
    this.ends = []
    this.opening = undefined
    this.row.stop()
    this.closings++
    this.loading = false
    this.hands.close()
    this.readers = {}
    this.editing = undefined
  }

  update(row: Conversation): void {
    if (!outdated(row, this.conversation)) this.conversation = row
    this.marked(row.reads, row.delivered)
  }

  async loadOlder(): Promise<void> {
    if (!this.older || this.loading) return
    this.loading = true
    try {
      await Promise.all([...this.longer].map((stream) => this.loadBefore(stream)))
    } finally {
      this.loading = false
    }
  }

  /** Have an entry here, however far back it stands, with all that was said since. */
  async reach(seq: number, note = false): Promise<Entry | undefined> {
    await this.open()
    const stream = note ? this.notesStream : this.stream
    const ledger = this.ledgerOf(stream)
    this.loading = true
    try {
      while (ledger.first > seq && this.longer.has(stream)) await this.loadBefore(stream, many)
    } finally {
      this.loading = false
    }
    return this.entries.find((one) => one.seq === seq && (one.kind === 'note') === note)
  }

  /** Resolves when the words are on the disk. */
  say(text: string, { attachments = [], channel, note, facts = [], mentions = [] }: More = {}): Promise<void> {
    if (note) return this.write(this.notesStream, 'note', { text, ...(mentions.length ? { mentions } : {}) })
    const data = { text, ...(attachments.length ? { attachments: attachments.map((one) => one.id) } : {}), ...(channel ? { channel } : {}), ...(facts.length ? { facts } : {}) }
    this.hands.stop()
    return this.write(this.stream, 'message', data, attachments)
  }

  async original(said: Said): Promise<string> {
    const { items } = await api.original(this.stream, said.seq!)
    return items.at(-1)?.text ?? said.text
  }

  edit(said: Said, text: string): void {
    if (text === said.text) return
    this.change(said, 'edit', { text })
  }

  remove(said: Said): void {
    this.change(said, 'delete')
  }

  /** Resolve, escalate …: shown as done at once, taken back if refused; `done` is called when it is certain. */
  act(action: string, done?: () => void): void {
    const before = this.conversation
    this.refused = undefined
    if (action === 'resolve') this.conversation = { ...before, state: 'resolved', waiting_on: 'nobody', due: null }
    if (action === 'escalate') this.conversation = { ...before, state: 'waiting_operator', waiting_on: 'operator', due: null }
    const pending = this.seat.outbox.write(this.stream, action, {})
    this.fates.set(pending.cmid, { undo: () => !outdated(before, this.conversation) && (this.conversation = before), done })
  }

  waitOn(): void {
    this.waitsOn = this.overdue?.seq
  }

  /** Send what was held back; the buyer hears both. */
  sendCrossed(): void {
    if (this.crossed) void this.seat.outbox.retry(this.crossed)
  }

  /** Let go of what was held back, and return its words. */
  dropCrossed(): string {
    const { crossed } = this
    if (crossed) void this.seat.outbox.discard(crossed)
    return String(crossed?.data.text ?? '')
  }

  retry(said: Said): void {
    if (said.pending) void this.seat.outbox.retry(said.pending)
  }

  discard(said: Said): void {
    if (said.pending) void this.seat.outbox.discard(said.pending)
  }

  stateOf(said: Said): SendState | undefined {
    if (!said.ours) return undefined
    if (said.pending) return said.pending.state
    if (this.reached(this.reads, said.seq!)) return 'read'
    return this.reached(this.delivered, said.seq!) ? 'delivered' : 'sent'
  }

  canEdit(said: Said): boolean {
    const fresh = this.seat.line.now() - Date.parse(said.at) < mayEdit
    return fresh && this.canRemove(said)
  }

  canRemove(said: Said): boolean {
    return said.own && !said.deleted && said.seq !== undefined && said.kind === 'message' && this.conversation.state !== 'closed'
  }

  canReport(said: Said): boolean {
    return !said.ours && !said.deleted && said.seq !== undefined && said.kind === 'message' && said.actor.side !== 'operator'
  }

  /** Whether somebody of our side did what a line tells. */
  isOurs({ actor }: { actor: Participant }): boolean {
    return actor.side === this.me.side
  }

  /** The reader has the end of the thread before their eyes. */
  look(): void {
    const seq = this.said.findLast((one) => !isOurs(one))?.seq ?? 0
    if (seq) this.seat.line.read(this.stream, seq) // the line says it once, and again if a restore forgot it
    if (seq > this.readUpTo) this.reads = { ...this.reads, [this.me.side]: seq }
  }

  type(): void {
    this.began ??= this.ledgers.open.last
    this.hands.type()
  }

  draft(note = false): Promise<string> {
    return note ? this.seat.outbox.draft(this.notesStream) : this.seat.drafts.of(this.conversation.id)
  }

  keepDraft(text: string, note = false): void {
    if (note) this.seat.outbox.keepDraft(this.notesStream, text)
    else this.seat.drafts.keep(this.conversation.id, text)
  }

  newerDraft(): Promise<string | undefined> {
    return this.seat.drafts.newer(this.conversation.id)
  }

  takeDraft(text: string): void {
    this.seat.drafts.take(this.conversation.id, text)
  }

  attach(file: File, onprogress: (share: number) => void): Promise<Attachment> {
    return upload(this.conversation.id, file, onprogress, this.seat.line.limits?.attachment_bytes)
  }

  read(unsent: Unsent): Promise<Reading> {
    return api.read(this.conversation.id, unsent)
  }

  private get readUpTo(): number {
    return this.reads[this.me.side] ?? 0
  }

  private async load(mine: number): Promise<void> {
    this.problem = undefined
    this.loading = !this.said.length
    this.ends.push(this.seat.outbox.watch((news) => this.heard(news)))
    this.ends.push(this.seat.line.watch((row) => row.id === this.conversation.id && this.update(row)))
    this.ends.push(this.seat.line.onfresh((anew) => this.catchUp(anew)))
    this.ends.push(this.seat.line.onpresence(({ stream, shop, side, on, person, name }) => {
      if (person) return stream === this.notesStream && this.attended(person, on && name)
      if (stream === this.stream || shop === this.conversation.shop.id) this.here[side] = on
    }))
    this.catchUp(true)
    const streams = this.notes ? [this.stream, this.notesStream] : [this.stream]
    for (const stream of streams) await this.restore(stream)
    if (mine !== this.closings) return
    try {
      await Promise.all(streams.map((stream) => this.join(stream, mine)))
    } finally {
      if (mine === this.closings) this.loading = false
    }
  }

  private attended(person: string, name: string | false | undefined): void {
    const { [person]: left, ...others } = this.readers
    this.readers = name && person !== this.me.id ? { ...others, [person]: name } : others
  }

  /** Rows are not repeated after a cut, unlike events: ask how it stands now; `anew` if what is held may be of another story. */
  private catchUp(anew: boolean): void {
    if (anew) {
      this.conversation = { ...this.conversation, version: 0 }
      this.forsake()
    }
    void this.row.now()
  }

  /** What this person wrote here before and is not known to be stored. */
  private async restore(stream: string): Promise<void> {
    let before: Pending[]
    let waiting: Pending[]
    do {
      before = this.pendings
      waiting = await this.seat.outbox.pending(stream)
    } while (before !== this.pendings)
    this.pendings = before.filter((one) => one.stream !== stream || one.state === 'sent')
    for (const pending of waiting) {
      if (pending.state === 'failed') this.failed(pending)
      else this.place(pending)
    }
  }

  private async join(stream: string, mine: number): Promise<void> {
    const ledger = this.ledgerOf(stream)
    const applied = ledger.last || (await this.firstPage(stream, ledger, mine))
    if (mine !== this.closings) return
    this.ends.push(this.seat.line.follow(stream, this.follower(stream, ledger), { applied, epoch: ledger.epoch }))
  }

  private async firstPage(stream: string, ledger: Ledger, mine: number): Promise<number> {
    const head = stream === this.stream ? this.conversation.head : this.conversation.notes_head
    if (!head) return 0
    if (stream === this.stream) this.reads = this.delivered = {} // the row's may be of another story than the page
    const page = await api.page(stream, { before: head + 1, limit: newest })
    if (mine === this.closings) this.show(stream, ledger, page)
    return ledger.last
  }

  private async loadBefore(stream: string, limit = newest): Promise<void> {
    const ledger = this.ledgerOf(stream)
    const page = await api.page(stream, { before: ledger.first, limit })
    if (page.epoch === ledger.epoch) this.lay(stream, ledger, page)
  }

  private lay(stream: string, ledger: Ledger, { events }: StreamPage): void {
    const others = [...this.longer].filter((one) => one !== stream)
    this.longer = new Set((events[0]?.seq ?? 1) > 1 ? [...others, stream] : others)
    this.take(ledger, events)
  }

  private show(stream: string, ledger: Ledger, page: StreamPage): void {
    ledger.epoch = page.epoch
    this.lay(stream, ledger, page)
    if (stream !== this.stream) return
    this.marked(page.reads, page.delivered)
    this.seat.line.marked(stream, page.reads, page.delivered)
    const unread = this.said.find((one) => !isOurs(one) && one.kind === 'message' && one.seq! > this.readUpTo)
    this.firstUnread = unread?.seq
  }

  private follower(stream: string, ledger: Ledger): Follower {
    return {
      event: (event) => this.arrived(stream, ledger, event),
      reset: (page) => {
        ledger.clear()
        if (stream === this.stream) this.beginAnew(page.head)
        this.show(stream, ledger, page)
      },
      gone: () => {
        ledger.clear()
        this.refresh()
        this.gone = true
      },
      marks: (reads, delivered) => stream === this.stream && this.marked(reads, delivered),
      cursor: ({ kind, side, seq }) => this.marked(...((kind === 'read' ? [{ [side]: seq }, {}] : [{}, { [side]: seq }]) as [Marks, Marks])),
      typing: (news) => this.hands.hear(news),
    }
  }

  private beginAnew(head: number): void {
    this.fates.clear()
    this.reads = this.delivered = {}
    this.conversation = { ...this.conversation, head }
    this.catchUp(true)
  }

  /** What was acknowledged in another story than the line tells, or meant for a message of it, is not of this one. */
  private forsake(): void {
    const { epoch } = this.seat.line
    if (epoch) this.pendings = this.pendings.filter((one) => !one.epoch || one.epoch === epoch)
  }

  private arrived(stream: string, ledger: Ledger, event: Event): void {
    this.take(ledger, [event])
    this.hands.spoke(event.actor)
    if (stream !== this.stream) return
    if (event.actor.id !== this.me.id) this.seat.line.ack(stream, event.seq)
    this.conversation = moved(this.conversation, event)
  }

  private take(ledger: Ledger, events: Event[]): void {
    for (const event of events) ledger.take(event)
    this.settle()
    this.refresh()
  }

  private refresh(): void {
    this.said = this.ledgers.open.entries
    this.noted = this.ledgers.notes.entries
  }

  private write(stream: string, type: 'message' | 'note', data: Record<string, unknown>, attachments?: Attachment[]): Promise<void> {
    this.firstUnread = undefined
    const seen = type === 'message' && this.notes ? { seen: this.began ?? this.ledgers.open.last } : {}
    this.began = undefined
    const pending = this.seat.outbox.write(stream, type, data, { ...(attachments?.length ? { attachments } : {}), ...seen })
    this.place(pending)
    return this.seat.outbox.kept(pending)
  }

  private change({ seq }: Said, type: 'edit' | 'delete', data: Record<string, unknown> = {}): void {
    const epoch = this.ledgers.open.epoch ?? this.seat.line.epoch
    if (seq !== undefined) this.place(this.seat.outbox.write(this.stream, type, { target: seq, ...data }, { epoch }))
  }

  private heard(news: News): void {
    const stream = 'pending' in news ? news.pending.stream : news.stream
    if (stream !== this.stream && stream !== this.notesStream) return
    if (news.fate === 'queued') this.place(news.pending)
    else if (news.fate === 'failed') this.failed(news.pending)
    else if (news.fate === 'discarded') this.drop(news.cmid)
    else this.stored(news)
  }

  /** Acknowledged: shown as sent; it leaves the waiting ones when its event comes round. */
  private stored({ stream, cmid, receipt: { seq, stream: there = stream }, epoch }: News & { fate: 'sent' }): void {
    this.fates.get(cmid)?.done?.()
    this.fates.delete(cmid)
    if (there !== stream) return this.goOn(cmid, there)
    this.pendings = this.pendings.map((one) => (one.cmid === cmid ? { ...one, state: 'sent' as const, seq, epoch } : one))
    this.forsake()
    this.settle()
  }

  private goOn(cmid: string, stream: string): void {
    this.drop(cmid)
    this.onward = stream.split('.')[1]
  }

  private failed(pending: Pending): void {
    if (isWords(pending)) return this.place(pending)
    this.drop(pending.cmid)
    this.fates.get(pending.cmid)?.undo()
    this.fates.delete(pending.cmid)
    void this.seat.outbox.discard(pending)
    this.tellRefusal(pending)
  }

  /** An act is answered where it was asked for; a change of a message, which may be out of sight, in a toast that keeps its words. */
  private tellRefusal({ type, data, problem }: Pending): void {
    if (type !== 'edit' && type !== 'delete' && problem) this.refused = { action: type, problem: new Problem(problem) }
    else toast(problem?.title ?? t('outbox.failed'), { tone: 'bad', ...(data.text ? { action: { label: t('thread.copy_text'), run: () => void copy(String(data.text)) } } : {}) })
  }

  private place(pending: Pending): void {
    if (this.knows(pending)) return
    this.drop(pending.cmid)
    this.pendings = [...this.pendings, pending].sort(byWriting)
  }

  private drop(cmid: string): void {
    this.pendings = this.pendings.filter((one) => one.cmid !== cmid)
  }

  private settle(): void {
    if (this.pendings.some((one) => this.knows(one))) this.pendings = this.pendings.filter((one) => !this.knows(one))
  }

  /** Here, or on a page before what is here. */
  private knows({ stream, cmid, seq = Infinity }: Pending): boolean {
    const { stored, last } = this.ledgerOf(stream)
    return stored.has(cmid) || seq <= last
  }

  private unstored(): Said[] {
    return this.pendings.filter(isWords).map((one) => waiting(one, this.me))
  }

  private ledgerOf(stream: string): Ledger {
    return stream === this.stream ? this.ledgers.open : this.ledgers.notes
  }

  private marked(reads: Marks, delivered: Marks): void {
    this.reads = highest(this.reads, reads)
    this.delivered = highest(this.delivered, delivered)
  }

  private reached(marks: Marks, seq: number): boolean {
    return Object.entries(marks).some(([side, upTo]) => side !== this.me.side && upTo! >= seq)
  }
}

const isWords = (pending: Pending) => pending.type === 'message' || pending.type === 'note'
