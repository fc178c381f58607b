import type { Attachment, Channel, Event, Participant, ProblemBody, SaidFact, Veil } from './types'
import type { Pending } from './store'

export type SendState = 'queued' | 'sent' | 'delivered' | 'read' | 'failed'

export interface Said {
  kind: 'message' | 'note'
  key: string
  seq?: number
  actor: Participant
  ours: boolean
  own: boolean
  at: string
  text: string
  attachments: Attachment[]
  /** What the writer confirmed that the words name; other words may name other things. */
  facts?: SaidFact[]
  channel?: Channel
  /** The entry that came as a letter: its full original is one click away. */
  letter?: string
  /** A machine said it by itself: it answers nobody. */
  automatic?: boolean
  /** What of the words is covered, for everybody; their writer can have them whole. */
  hidden?: Veil[]
  /** It may hurt: the other side sees it folded. */
  tone?: 'abusive' | undefined
  edited: boolean
  deleted: boolean
  pending?: Pending
  problem?: ProblemBody
}

export interface Fact {
  kind: 'fact'
  key: string
  seq: number
  type: string
  at: string
  actor: Participant
  data: Record<string, unknown>
  /** The letter that it tells of, whole. */
  letter?: string
}

export type Entry = Said | Fact
type Change = Partial<Pick<Said, 'text' | 'hidden' | 'edited' | 'deleted' | 'tone' | 'facts'>>

/** The events of one stream, folded: edits and deletions have found their message, whatever page it came with. */
export class Ledger {
  entries: Entry[] = []
  first = Infinity
  last = 0
  /** Whose story the pages told; what was only heard live may be of any. */
  epoch: string | undefined
  /** The keys under which we wrote what is here. */
  readonly stored = new Set<string>()
  private changes = new Map<number, Change & { by: number }>()

  constructor(private readonly me: Participant) {}

  take(event: Event): void {
    this.first = Math.min(this.first, event.seq)
    this.last = Math.max(this.last, event.seq)
    const cmid = this.own(event)
    if (cmid) this.stored.add(cmid)
    const change = changeOf(event)
    if (change) this.change(Number(event.data.target), change, event.seq)
    else this.insert(this.entry(event))
  }

  clear(): void {
    this.entries = []
    this.stored.clear()
    this.changes.clear()
    this.first = Infinity
    this.last = 0
  }

  private change(seq: number, change: Change, by: number): void {
    const known = this.changes.get(seq)
    if (known && known.by > by) return
    this.changes.set(seq, { ...known, ...change, by })
    this.entries = changed(this.entries, new Map([[seq, change]]))
  }

  private insert(entry: Entry): void {
    const at = upTo(this.entries, entry.seq!)
    if (this.entries[at - 1]?.seq !== entry.seq) this.entries = this.entries.toSpliced(at, 0, entry)
  }

  /** The key our own events had while they waited. Anybody else may use the same one. */
  private own({ actor, cmid }: Event): string | undefined {
    return actor.id === this.me.id ? cmid : undefined
  }

  private entry(event: Event): Entry {
    const { seq, type, at, actor, data } = event
    const key = this.own(event) ?? event.id
    if (type !== 'message' && type !== 'note') return { kind: 'fact', key, seq, type, at, actor, data, ...letterBehind(event) }
    const { by, ...change } = this.changes.get(seq) ?? { by: 0 }
    return { ...said(type, key, actor, this.me, at, data), seq, ...letterOf(event), ...change }
  }
}

/** How many entries stand up to a number, the one that has it among them; there may be thousands. */
function upTo(entries: Entry[], seq: number): number {
  let [from, to] = [0, entries.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (entries[middle]!.seq! <= seq) from = middle + 1
    else to = middle
  }
  return from
}

function letterOf({ id, cmid }: Event): Pick<Said, 'letter'> {
  return cmid?.startsWith('mail-') ? { letter: id } : {}
}

/** Lines about letters: a market's notice and an absent person's reply came in one, a held one is named. */
function letterBehind({ id, type, data }: Event): Pick<Fact, 'letter'> {
  if (type === 'market_notice' || type === 'automatic_mail') return { letter: id }
  return type === 'mail_held' && data.letter ? { letter: String(data.letter) } : {}
}

/** The entries as they will be when the changes that wait are stored. */
export function ahead(entries: Entry[], pendings: Pending[]): Entry[] {
  const changes = new Map<number, Change>()
  for (const one of pendings) {
    const seq = Number(one.data.target)
    const change = changeOf(one)
    if (change) changes.set(seq, { ...changes.get(seq), ...change })
  }
  return changes.size ? changed(entries, changes) : entries
}

function changed(entries: Entry[], changes: Map<number, Change>): Entry[] {
  return entries.map((one) => (one.kind !== 'fact' && changes.has(one.seq!) ? { ...one, ...changes.get(one.seq!) } : one))
}

export function waiting(pending: Pending, me: Participant): Said {
  const kind = pending.type as Said['kind']
  const data = { ...pending.data, attachments: pending.attachments ?? [] }
  return { ...said(kind, pending.cmid, me, me, pending.at, data), pending, ...(pending.problem ? { problem: pending.problem } : {}) }
}

function said(kind: Said['kind'], key: string, actor: Participant, me: Participant, at: string, data: Event['data']): Said {
  const words = data as { text?: string; attachments?: Attachment[]; channel?: Channel; automatic?: boolean; hidden?: Veil[]; tone?: 'abusive'; facts?: SaidFact[]; deleted?: boolean; edited?: boolean }
  return {
    kind, key, actor, at,
    ours: actor.side === me.side,
    own: actor.id === me.id,
    text: words.text ?? '',
    attachments: (words.attachments ?? []).filter((one) => typeof one === 'object'),
    edited: words.edited ?? false,
    deleted: words.deleted ?? false,
    ...(words.channel ? { channel: words.channel } : {}),
    ...(words.automatic ? { automatic: true } : {}),
    ...(words.hidden ? { hidden: words.hidden } : {}),
    ...(words.tone ? { tone: words.tone } : {}),
    ...(words.facts?.length ? { facts: words.facts } : {}),
  }
}

function changeOf({ type, data }: Pick<Pending, 'type' | 'data'>): Change | undefined {
  if (type === 'edit') return { text: String(data.text ?? ''), hidden: data.hidden as Veil[] | undefined, edited: true, tone: data.tone as Said['tone'], facts: [] }
  if (type === 'delete') return { text: '', hidden: undefined, deleted: true }
  return undefined
}
