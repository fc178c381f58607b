import { Ledger, type Entry, type Said } from '../ledger'
import type { Thread } from '../thread.svelte'
import type { Event, Marks } from '../types'
import type { Device, Tab, Written } from './device'
import { notes, open, type Server, type Story } from './server'

/** What a thread has inside, which no screen shows by itself. */
interface Inside {
  ledgers: { open: Ledger; notes: Ledger }
  reads: Marks
  delivered: Marks
}
const inside = (thread: Thread) => thread as unknown as Inside

/** The rules of PROTOCOL 11 that concern a client. Each broken one is a sentence. */
export class Judge {
  readonly broken = new Set<string>()

  constructor(private readonly server: Server, private readonly device: Device, private readonly discarded: Set<string>, private readonly retried: Set<string>) {}

  /** What must hold at any moment. */
  now(): void {
    for (const cmid of this.device.unkept.splice(0)) this.say(`not-kept: ${cmid} is not on the disk`)
    for (const tab of this.device.living) {
      for (const jump of tab.jumps.splice(0)) this.say(`applied-twice-or-reordered: ${jump}`)
      for (const thread of tab.threads) this.look(tab, thread)
    }
  }

  /** What must hold once all has healed, before anybody does something that has it told anew. */
  rows(): void {
    for (const tab of this.device.living) {
      for (const { conversation } of tab.threads) this.row(`thread ${conversation.id} of tab ${tab.number}`, conversation)
      for (const row of tab.inbox.rows) this.row(`list of tab ${tab.number}`, row)
    }
  }

  /** What must hold in the end. */
  end(): void {
    this.rows()
    for (const tab of this.device.living) this.converged(tab)
    for (const one of this.device.written) if (isWords(one)) this.arrived(one)
    for (const one of this.device.written) if (one.meant) this.changed(one)
    this.once()
    this.inOrder()
    this.acknowledged()
  }

  private look(tab: Tab, thread: Thread): void {
    const keys = thread.entries.map((one) => one.key)
    if (new Set(keys).size < keys.length) this.say(`duplicate-key: ${keys.join(' ')}`)
    for (const [stream, ledger] of ledgersOf(thread)) {
      const story = this.server.told.get(ledger.epoch ?? '')
      if (story) this.compare(`silent-gap in ${stream}`, ledger, story.log(stream).slice(0, ledger.last))
    }
    const stories = [this.server.story, this.server.told.get(inside(thread).ledgers.open.epoch ?? '') ?? this.server.story]
    const stream = open(thread.conversation.id)
    for (const kind of ['reads', 'delivered'] as const) {
      const most = Math.max(...stories.map((story) => story.marks.get(stream)![kind].buyer))
      const shown = Math.min(inside(thread)[kind].buyer ?? 0, inside(thread).ledgers.open.last)
      if (shown > most) this.say(`tick-ahead: ${kind} ${shown} of ${most}`)
    }
    const tellable = tab.opened.has(thread) && !thread.problem ? this.since(tab.line.epoch) : [...this.server.told.values()]
    for (const { pending } of waitingIn(thread)) if (pending?.state === 'sent' && !tellable.some((story) => this.find(story, pending.stream, pending.cmid))) this.say(`phantom: ${pending.cmid} is shown as sent, and is not in this story`)
  }

  /** The story that a page knows of, and those that it has yet to hear of. */
  private since(epoch: string | undefined): Story[] {
    const stories = [...this.server.told.values()]
    return stories.slice(Math.max(0, stories.findIndex((one) => one.epoch === epoch)))
  }

  private compare(rule: string, ledger: Ledger, log: Event[]): void {
    const truth = new Ledger(this.device.person)
    for (const event of log) truth.take(event)
    const shown = ledger.entries.map(told).join(' ')
    const expected = truth.entries.filter((one) => one.seq! >= ledger.first).map(told).join(' ')
    if (shown !== expected) this.say(`${rule}: shown ${shown}, stored ${expected}`)
  }

  private converged(tab: Tab): void {
    const { story } = this.server
    if (tab.line.state !== 'open') this.say(`not-converged: tab ${tab.number} is ${tab.line.state}`)
    for (const thread of tab.threads) {
      const stream = open(thread.conversation.id)
      for (const [stream, ledger] of ledgersOf(thread)) {
        const log = story.log(stream)
        if (log.length && ledger.last !== log.length) this.say(`not-converged: ${stream} is at ${ledger.last} of ${log.length}`)
        else this.compare(`disagreement in ${stream}`, ledger, log)
      }
      const stored = thread.entries.filter((one) => one.seq !== undefined && one.kind !== 'note').map(told).join(' ')
      const folded = inside(thread).ledgers.open.entries.map(told).join(' ')
      if (!thread.entries.some((one) => one.kind === 'fact' || one.kind === 'note') && stored !== folded) this.say(`a change waits for ever: ${stored}, not ${folded}`)
      for (const { pending } of waitingIn(thread)) if (pending?.state !== 'failed') this.say(`stuck: ${pending?.cmid} is shown as ${pending?.state}`)
      for (const kind of ['reads', 'delivered'] as const) {
        const [here, there] = [inside(thread)[kind].buyer ?? 0, story.marks.get(stream)![kind].buyer]
        if (here !== there) this.say(`not-converged: ${kind} of ${stream} ${here}, not ${there}`)
      }
      const unread = story.log(stream).findLast((event) => event.type === 'message' && event.actor.side === 'buyer')?.seq ?? 0
      if (story.marks.get(stream)!.reads.seller < unread) this.say(`receipt-blocked: ${stream} was read to ${unread}`)
    }
  }

  private row(where: string, { id, version, state }: Thread['conversation']): void {
    const truth = this.server.story.row(id)
    if (version !== truth.version || state !== truth.state) this.say(`stale-row: ${where} has ${version} ${state}, stored is ${truth.version} ${truth.state}`)
  }

  private arrived({ tab, pending: { cmid, stream }, kept }: Written): void {
    if (this.find(this.server.story, stream, cmid) || this.discarded.has(cmid)) return
    const held = this.device.living.flatMap((one) => one.threads).flatMap(waitingIn).find((one) => one.pending?.cmid === cmid)
    const here = this.device.disk.letters.get(cmid)
    if (held?.pending?.state === 'failed') return
    if (this.wasStored(stream, cmid)) return
    if (here?.state === 'queued') return this.say(`stuck: ${cmid} is still on the disk`)
    if (tab.alive || kept) this.say(`lost: ${cmid} of ${stream}, written in tab ${tab.number}`)
  }

  private changed({ pending: { stream, cmid, data }, meant }: Written): void {
    if (!this.find(this.server.story, stream, cmid)) return
    const target = this.server.story.log(stream)[Number(data.target) - 1]
    if (target?.cmid !== meant) this.say(`wrong-target: ${cmid} was meant for ${meant} and changed ${target?.cmid}`)
  }

  private once(): void {
    for (const [stream, log] of this.server.story.streams) {
      const texts = log.flatMap(({ type, actor, data }) => (actor.id === this.device.person.id && type !== 'edit' ? (data.text as string) ?? [] : []))
      for (const text of texts) if (texts.indexOf(text) !== texts.lastIndexOf(text)) this.say(`duplicate: ${text} in ${stream}`)
    }
  }

  private inOrder(): void {
    const sent = this.device.written.flatMap((one) => {
      const { stream, cmid } = one.pending
      const event = this.find(this.server.story, stream, cmid)
      return event && isWords(one) && !this.retried.has(cmid) && !this.wasRefused(cmid) && !this.resurrected(one, event) ? [{ ...one, stream, seq: event.seq }] : []
    })
    for (const a of sent) for (const b of sent) {
      const before = a.stream === b.stream && (a.tab === b.tab ? a.written < b.written : a.kept !== undefined && a.kept < b.written)
      if (before && a.seq > b.seq) this.say(`order: ${String(a.pending.data.text)} came after ${String(b.pending.data.text)}`)
    }
  }

  private acknowledged(): void {
    for (const tab of this.device.tabs) for (const news of tab.news) {
      if (news.fate !== 'sent') continue
      const { id, seq, cmid } = news.receipt
      const event = this.server.told.get(id.split('.')[0]!)?.log(news.stream)[seq - 1]
      if (event?.id !== id || event.cmid !== cmid) this.say(`ack-mismatch: ${cmid} is said to be ${id}`)
    }
  }

  /** Newer words may pass what was shown as refused, and a page that does not know may send it all the same. */
  private wasRefused(cmid: string): boolean {
    return this.device.tabs.some((tab) => tab.news.some((news) => news.fate === 'failed' && news.pending.cmid === cmid))
  }

  /** Stored in a story that a restore ended, and once more in this one. */
  private resurrected({ pending: { stream, cmid } }: Written, event: Event): boolean {
    return [...this.server.told.values()].some((story) => (this.find(story, stream, cmid)?.id ?? event.id) !== event.id)
  }

  private wasStored(stream: string, cmid: string): boolean {
    return [...this.server.told.values()].some((story) => this.find(story, stream, cmid))
  }

  private find(story: Story, stream: string, cmid: string): Event | undefined {
    return story.log(stream).find((event) => event.cmid === cmid && event.actor.id === this.device.person.id)
  }

  private say(sentence: string): void {
    this.broken.add(sentence)
  }
}

const isWords = ({ pending: { type } }: Written) => type === 'message' || type === 'note'
const ledgersOf = (thread: Thread): [string, Ledger][] => [
  [open(thread.conversation.id), inside(thread).ledgers.open],
  [notes(thread.conversation.id), inside(thread).ledgers.notes],
]
const waitingIn = (thread: Thread): Said[] => thread.entries.filter((one): one is Said => one.kind !== 'fact' && one.seq === undefined)
const told = (one: Entry) => `${one.seq}:${one.kind === 'fact' ? one.type : one.deleted ? '†' : one.text}`
