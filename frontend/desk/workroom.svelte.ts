import { SvelteMap } from 'svelte/reactivity'
import { api } from '../shared/api'
import { t } from '../shared/i18n'
import { settle } from '../shared/notices'
import type { News } from '../shared/outbox'
import { Problem } from '../shared/problem'
import type { Seat } from '../shared/seat'
import { Thread } from '../shared/thread.svelte'
import { dismiss, toast, toasts } from '../shared/toast.svelte'
import type { CaseListed, Conversation } from '../shared/types'
import { present, type Section, visit } from './address'
import { holds, orderOf, searchOf, type Wanted, wantedAt } from './lens'
import { DueList } from '../shared/case/duelist.svelte'
import { Inbox } from '../shared/inbox.svelte'
import { Later } from './later'
import { nextAfter } from './order'
import { Pace } from './pace.svelte'

/** An act the server refused, kept beside its conversation until it is tried again or another one is done. */
export interface Refused {
  action: string
  problem: Problem
}

const SHELF = 24
const WORDS = new Set(['message', 'note', 'edit', 'delete'])

/** The row after or before the one chosen; the first if none is. */
function neighbour<T extends { id: string }>(rows: T[], id: string | null, by: 1 | -1): T | undefined {
  const here = rows.findIndex((row) => row.id === id)
  return rows[here < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, here + by))]
}

/** One sitting at the desk: the list, the conversation on screen, what is being undone. */
export class Workroom {
  wanted = $state.raw<Wanted>(wantedAt(location.search))
  readonly inbox: Inbox
  readonly cases = new DueList()
  readonly later = new Later()
  readonly pace: Pace
  readonly #shelf = new Map<string, Thread>()
  /** The toast that offers to take a resolution back, by conversation. */
  readonly #offers = new Map<string, string>()

  id = $state<string | null>(null)
  thread = $state.raw<Thread | null>(null)
  problem = $state.raw<Problem | null>(null)
  factsOpen = $state(false)
  section = $state<Section>('inbox')
  caseId = $state<string | null>(null)
  /** Who counts what is in each view: told of a row as it was, if that is known, and as it is. */
  heard: ((before: Conversation | undefined, row: Conversation) => void) | undefined
  /** What calls me: reminders that are due, and notes in which I am named. */
  called = $state.raw<ReadonlySet<string>>(new Set())
  /** In which conversations a question waits that was asked before everybody. */
  asked = $state.raw<ReadonlySet<string>>(new Set())
  readonly refused = new SvelteMap<string, Refused>()

  constructor(readonly seat: Seat) {
    this.pace = new Pace(seat.line)
    this.inbox = new Inbox({
      query: () => this.wanted,
      holds: (row) => holds(row, this.wanted, this.seat.person.id, this.pace.now),
      order: (a, b) => orderOf(this.wanted.sort)(a, b),
    })
    this.inbox.q = this.wanted.q ?? ''
    seat.line.watch((row) => this.#hear(row))
    seat.outbox.watch((news) => this.#learn(news))
    seat.line.onfresh((anew) => {
      void this.inbox.reload(anew)
      this.#stir()
    })
    void this.inbox.reload()
    this.arrive()
  }

  /** Show what the address bar says. */
  arrive(): void {
    const { id, facts, section, caseId = null } = present()
    Object.assign(this, { factsOpen: facts, section, caseId })
    if (id !== this.id) void this.#show(id)
  }

  /** Show another view, or narrow this one; the address says what is shown, and can be passed on. */
  look(wanted: Wanted): void {
    this.wanted = wanted
    this.inbox.q = wanted.q ?? ''
    history.replaceState(history.state, '', location.pathname + searchOf(wanted))
    this.inbox.turn()
  }

  /** Look for words in what is shown. */
  search(q: string): void {
    const { q: _before, ...others } = this.wanted
    this.wanted = q.trim() ? { ...others, q: q.trim() } : others
    history.replaceState(history.state, '', location.pathname + searchOf(this.wanted))
    this.inbox.search(q)
  }

  choose(id: string | null): void {
    if (id === this.id && !this.factsOpen) return
    visit({ id, facts: false, section: this.section })
    this.arrive()
  }

  /** Go to a list; the conversation on the screen stays where there is room for both. */
  turnTo(section: Section, id: string | null = null): void {
    if (section === this.section && id === this.id) return
    visit({ id, facts: false, section })
    this.arrive()
  }

  /** Show the conversation of a case, and over it the facts, where the next step stands; the way back leads past the conversation. */
  chooseCase({ id, conversation }: CaseListed, facts: boolean): void {
    const step = { id: conversation, section: 'cases', caseId: id } as const
    visit({ ...step, facts: false })
    if (facts) visit({ ...step, facts })
    this.arrive()
  }

  /** Lay the facts over the thread, or take them away; on narrow screens that is a step of the history. */
  openFacts(open: boolean): void {
    if (open === this.factsOpen) return
    if (open) {
      visit({ id: this.id, facts: true, section: this.section, caseId: this.caseId })
      this.factsOpen = true
    } else history.back()
  }

  step(by: 1 | -1): void {
    if (this.section === 'cases') {
      const there = neighbour(this.cases.rows, this.caseId, by)
      return there && this.chooseCase(there, false)
    }
    const there = neighbour(this.inbox.rows, this.id, by)
    if (there) this.choose(there.id)
  }

  /** Steps of cases are told as changes of their conversations. */
  #stir(): void {
    if (this.section === 'cases') this.cases.stir()
  }

  act(action: string, goOn: boolean): void {
    if (!this.thread?.conversation.actions.includes(action)) return
    this.refused.delete(this.thread.conversation.id)
    if (action === 'resolve') this.#resolve(this.thread, goOn)
    else this.thread.act(action)
  }

  /** A refusal may come when its conversation is long off the screen: it comes back into the list. */
  #learn(news: News): void {
    if (news.fate !== 'failed' || WORDS.has(news.pending.type)) return
    const { stream, type, problem } = news.pending
    const id = stream.split('.')[1] ?? ''
    void this.seat.outbox.discard(news.pending)
    this.inbox.setAside(id, false)
    if (problem) this.refused.set(id, { action: type, problem: new Problem(problem) })
    if (id !== this.id) toast(t('desk.not_done', { reason: problem?.title ?? '' }), { tone: 'bad', action: { label: t('desk.look'), run: () => this.choose(id) } })
  }

  #resolve(thread: Thread, goOn: boolean): void {
    const { id, buyer } = thread.conversation
    const next = goOn ? nextAfter(this.inbox.rows, id) : undefined
    this.inbox.setAside(id, !['done', 'all'].includes(this.wanted.view))
    this.later.put(id, () => thread.act('resolve'))
    const undo = () => {
      if (!this.later.undo(id)) return
      this.inbox.setAside(id, false)
      this.choose(id)
    }
    toast(t('desk.resolved_toast', { who: buyer.name }), { ms: this.later.patience, action: { label: t('desk.undo'), run: undo } })
    this.#offers.set(id, toasts.at(-1)?.id ?? '')
    this.choose(next?.id ?? null)
  }

  #hear(row: Conversation): void {
    this.#stir()
    this.#shelf.get(row.id)?.update(row)
    if (this.inbox.outdated(row)) return
    this.heard?.(this.inbox.heard(row.id), row)
    this.#reconsider(row)
    this.inbox.take(row)
    if (!row.unread) void settle(row.id)
  }

  /** The buyer wrote while the resolution could still be undone: then it is not resolved. */
  #reconsider(row: Conversation): void {
    const asked = row.waiting_on === 'seller' && row.unread > 0
    if (asked && this.later.undo(row.id)) {
      dismiss(this.#offers.get(row.id) ?? '')
      toast(t('desk.wrote_again', { who: row.buyer.name }))
    }
    if (!this.later.has(row.id)) this.inbox.setAside(row.id, false)
  }

  async #show(id: string | null): Promise<void> {
    this.thread?.close()
    this.id = id
    this.problem = null
    this.thread = id ? (this.#shelf.get(id) ?? null) : null
    if (!id) return
    try {
      const thread = this.thread ?? this.#place(this.inbox.row(id) ?? (await api.conversation(id)))
      if (this.id !== id) return
      this.thread = thread
      void settle(id)
      await thread.open()
    } catch (problem) {
      if (!(problem instanceof Problem)) throw problem
      if (this.id === id) this.problem = problem
    }
  }

  retry(): void {
    void this.#show(this.id)
  }

  #place(conversation: Conversation): Thread {
    const thread = new Thread(this.seat, conversation, { notes: true })
    this.#shelf.set(conversation.id, thread)
    const [oldest] = this.#shelf.keys()
    if (oldest && this.#shelf.size > SHELF) this.#shelf.delete(oldest)
    return thread
  }
}
