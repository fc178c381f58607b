import { ascendFrom, newId } from './ids'
import { Problem } from './problem'
import { byWriting, MemoryStore, openStore, type Pending, type Store } from './store'
import type { Receipt } from './types'

export type { Pending } from './store'

export interface Sender {
  send(stream: string, cmid: string, type: string, data: Pending['data'], seen?: number): Promise<Receipt>
  /** To whose story it adds. */
  readonly epoch?: string | undefined
}

export interface Locks {
  request<T>(name: string, work: () => Promise<T>): Promise<T>
}

/** What became of a pending event, told to every open page of this person. */
export type News =
  | { fate: 'queued'; pending: Pending }
  | { fate: 'failed'; pending: Pending }
  | { fate: 'sent'; stream: string; cmid: string; receipt: Receipt; epoch: string | undefined }
  | { fate: 'discarded'; stream: string; cmid: string }

export interface Wire {
  postMessage(news: News): void
  onmessage: ((message: { data: News }) => void) | null
  close(): void
}

/** Under this name writes who has not signed in yet. */
export const nobody = 'visitor'

const giveUp = 24 * 3_600_000
const pause = 300

/** Everything a person writes goes through here: kept first, sent when there is a line, gone only when acknowledged. */
export class Outbox {
  private sender: Sender | undefined
  /** What the disk has not taken: this outranks what is there. */
  private held = new Map<string, Pending>()
  /** What was sent or discarded, although news of it may be late, and a disk may not let go of it. */
  private done = new Set<string>()
  private spare = new MemoryStore()
  private listeners = new Set<(news: News) => void>()
  private keeping = new Map<string, Promise<void>>()
  private again = new Map<string, ReturnType<typeof setTimeout>>()
  private ended = false
  private drafts = new Map<string, { text: string; timer: ReturnType<typeof setTimeout> }>()

  constructor(private readonly store: Store, private readonly locks: Locks = turns(), private readonly wire?: Wire) {
    if (wire) wire.onmessage = ({ data }) => this.overheard(data)
  }

  static async open(person: string): Promise<Outbox> {
    const wire = typeof BroadcastChannel === 'undefined' ? undefined : new BroadcastChannel(`shopbell.${person}`)
    return new Outbox(await openStore(person), await grantedLocks(), wire as Wire | undefined)
  }

  connect(sender: Sender): void {
    this.sender = sender
    void this.flushAll()
  }

  watch(listener: (news: News) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Take an event in. The answer comes at once, so that it can be shown at once. */
  write(stream: string, type: string, data: Record<string, unknown>, more: Pick<Pending, 'attachments' | 'epoch' | 'seen'> = {}): Pending {
    const pending: Pending = { cmid: newId(), stream, type, data, at: new Date().toISOString(), state: 'queued', ...more }
    void this.queue(pending)
    return pending
  }

  /** When what was just written is on the disk. */
  async kept({ cmid }: Pick<Pending, 'cmid'>): Promise<void> {
    await this.keeping.get(cmid)
  }

  pending(stream: string): Promise<Pending[]> {
    return this.letters(stream)
  }

  async retry(pending: Pending): Promise<void> {
    const conflict = pending.problem?.code === 'idempotency_conflict'
    if (conflict) await this.discard(pending)
    const { problem, seen, ...again } = pending // what was said meanwhile has been shown by now
    await this.queue({ ...again, cmid: conflict ? newId() : pending.cmid, at: new Date().toISOString(), state: 'queued' })
  }

  async discard({ stream, cmid }: Pick<Pending, 'stream' | 'cmid'>): Promise<void> {
    const forgotten = this.forget(cmid)
    this.tell({ fate: 'discarded', stream, cmid })
    await forgotten
  }

  async flushAll(): Promise<void> {
    const held = [...this.held.values()].map((one) => one.stream)
    const kept = await this.store.streams().catch(() => [])
    await Promise.all([...new Set([...held, ...kept])].map((stream) => this.flush(stream)))
  }

  /** Send what waits for this stream, oldest first; of all open pages only one does so at a time. */
  async flush(stream: string): Promise<void> {
    if (!this.sender) return
    await this.locks.request(`shopbell.outbox.${stream}`, async () => {
      for (let next; (next = await this.first(stream)); ) if (!(await this.attempt(next))) return
    })
  }

  async draft(key: string): Promise<string> {
    return this.drafts.get(key)?.text ?? ((await this.spare.draft(key)) || (await this.store.draft(key).catch(() => '')))
  }

  keepDraft(key: string, text: string): void {
    if (this.ended) return
    clearTimeout(this.drafts.get(key)?.timer)
    this.drafts.set(key, { text, timer: setTimeout(() => this.saveDraft(key), pause) })
  }

  /** The page is about to go: save now what waits for a pause. */
  settle(): void {
    for (const key of [...this.drafts.keys()]) this.saveDraft(key)
  }

  /** What a visitor wrote before they said who they are is theirs from now on, and nobody else's. */
  async takeOver(visitor: Outbox): Promise<void> {
    visitor.settle()
    const drafts = await visitor.store.drafts().catch(() => [])
    for (const [key, text] of [...drafts, ...(await visitor.spare.drafts())]) await this.keepText(key, text)
    await visitor.erase()
  }

  /** Nothing stays, and nothing comes any more. */
  async erase(): Promise<void> {
    this.leave()
    this.held.clear()
    await Promise.all([this.spare.erase(), this.store.erase().catch(() => {})])
  }

  leave(): void {
    this.ended = true
    this.sender = undefined
    this.wire?.close()
    for (const { timer } of this.drafts.values()) clearTimeout(timer)
    this.drafts.clear()
  }

  private async queue(pending: Pending): Promise<void> {
    const keeping = this.keep(pending)
    this.keeping.set(pending.cmid, keeping)
    await keeping
    this.keeping.delete(pending.cmid)
    if (this.done.has(pending.cmid)) return // discarded, here or in another page, before it was tried again
    for (const older of this.heldFor(pending.stream)) if (older.cmid < pending.cmid && older.state === 'queued') this.tell({ fate: 'queued', pending: older })
    this.tell({ fate: 'queued', pending })
    await this.flush(pending.stream)
  }

  private async attempt(pending: Pending): Promise<boolean> {
    const { stream, cmid, type, data, seen } = pending
    await this.kept(pending)
    const sender = this.sender!
    if (pending.epoch && sender.epoch && pending.epoch !== sender.epoch) return this.fail(pending)
    try {
      const receipt = await sender.send(stream, cmid, type, data, seen)
      const forgotten = this.forget(cmid)
      this.tell({ fate: 'sent', stream, cmid, receipt, epoch: sender.epoch })
      await forgotten
      return true
    } catch (trouble) {
      return this.troubled(pending, trouble)
    }
  }

  private async troubled(pending: Pending, trouble: unknown): Promise<boolean> {
    const old = Date.now() - Date.parse(pending.at) > giveUp
    const refused = trouble instanceof Problem && !trouble.passing
    if (!refused && !old) return this.postpone(pending.stream, trouble)
    return this.fail(pending, trouble instanceof Problem ? { problem: trouble.body } : {})
  }

  private async fail(pending: Pending, why: Pick<Pending, 'problem'> = {}): Promise<true> {
    const failed: Pending = { ...pending, state: 'failed', ...why }
    await this.keep(failed)
    this.tell({ fate: 'failed', pending: failed })
    return true
  }

  private postpone(stream: string, trouble: unknown): false {
    clearTimeout(this.again.get(stream))
    if (trouble instanceof Problem) {
      const seconds = (trouble.retryAfter ?? 1) * (1 + Math.random() / 2)
      this.again.set(stream, setTimeout(() => void this.flush(stream), seconds * 1000))
    }
    return false
  }

  private async first(stream: string): Promise<Pending | undefined> {
    return (await this.letters(stream)).find((one) => one.state === 'queued')
  }

  /** What is held is looked at before the disk: what the disk takes meanwhile is then seen twice, not never. */
  private async letters(stream: string): Promise<Pending[]> {
    const held = this.heldFor(stream)
    const kept = await this.store.of(stream).catch(() => [])
    for (const { cmid } of kept) ascendFrom(cmid)
    const all = new Map([...kept, ...held].map((one) => [one.cmid, one]))
    return [...all.values()].filter((one) => !this.done.has(one.cmid) || void this.forget(one.cmid)).sort(byWriting)
  }

  /** In the order of writing: another page must not find the newer words on the disk without the older. */
  private async keep(pending: Pending): Promise<void> {
    if (this.ended) return
    this.held.set(pending.cmid, pending)
    for (const one of this.heldFor(pending.stream)) {
      if (this.held.get(one.cmid) !== one) continue // sent or discarded while the disk took another
      const full = await this.store.put(one).catch(() => true)
      if (full) return
      if (this.held.get(one.cmid) === one) this.held.delete(one.cmid)
      if (one !== pending && one.state === 'failed') this.tell({ fate: 'failed', pending: one }) // a page opened meanwhile found it waiting
    }
  }

  private async forget(cmid: string): Promise<void> {
    this.done.add(cmid)
    this.held.delete(cmid)
    await this.store.remove(cmid).catch(() => {})
  }

  private hold(pending: Pending): void {
    ascendFrom(pending.cmid)
    this.held.set(pending.cmid, pending)
  }

  private heldFor(stream: string): Pending[] {
    return [...this.held.values()].filter((one) => one.stream === stream).sort(byWriting)
  }

  private saveDraft(key: string): void {
    const draft = this.drafts.get(key)
    if (!draft) return
    clearTimeout(draft.timer)
    void this.keepText(key, draft.text).then(() => this.drafts.get(key) === draft && this.drafts.delete(key))
  }

  /** What a full disk refuses outranks what it kept earlier, until it takes words again. */
  private keepText(key: string, text: string): Promise<void> {
    return this.store.keep(key, text).then(() => this.spare.keep(key, ''), () => this.spare.keep(key, text))
  }

  /** Held here, too: the page that wrote it may be closed before its disk has room. */
  private overheard(news: News): void {
    if (!('pending' in news)) void this.forget(news.cmid)
    else if (this.done.has(news.pending.cmid)) return
    else this.hold(news.pending)
    for (const listener of this.listeners) listener(news)
    if (news.fate === 'queued') void this.flush(news.pending.stream)
  }

  private tell(news: News): void {
    if (this.ended) return
    for (const listener of this.listeners) listener(news)
    this.wire?.postMessage(news)
  }
}

/** Web Locks, unless the browser has none or denies them, as it may to a frame on another site. */
async function grantedLocks(): Promise<Locks | undefined> {
  const locks = typeof navigator === 'undefined' ? undefined : (navigator.locks as LockManager | undefined)
  return locks?.query().then(() => locks as Locks, () => undefined)
}

/** Turns within one page, where there are no Web Locks. */
function turns(): Locks {
  const tails = new Map<string, Promise<unknown>>()
  return {
    request<T>(name: string, work: () => Promise<T>): Promise<T> {
      const turn = (tails.get(name) ?? Promise.resolve()).then(work, work)
      tails.set(name, turn.catch(() => {}))
      return turn
    },
  }
}
