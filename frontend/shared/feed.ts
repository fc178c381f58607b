import type { Cursor, Typing } from './frames'
import type { Event, Marks, StreamPage } from './types'

/** Who shows a stream. Events reach it once each, in order, without holes. */
export interface Follower {
  event(event: Event): void
  reset(page: StreamPage): void
  gone(): void
  marks?(reads: Marks, delivered: Marks): void
  cursor?(cursor: Cursor): void
  typing?(typing: Typing): void
}

export type Fetch = (stream: string, slice: { after?: number; before?: number; limit?: number }) => Promise<StreamPage>

const patience = 200
const retry = 1_000

/** One stream as this page has it: what came too early waits until the hole before it is filled. */
export class Feed {
  private early = new Map<number, Event>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private filling = false
  private closed = false

  constructor(
    readonly sid: string,
    readonly stream: string,
    readonly follower: Follower,
    private readonly fetch: Fetch,
    public applied: number,
    public epoch: string | undefined,
  ) {}

  take(event: Event): void {
    if (event.seq <= this.applied) return
    this.early.set(event.seq, event)
    this.drain()
    if (this.early.size) this.timer ??= setTimeout(() => void this.fill(), patience)
  }

  /** Read page by page what lies between us and the head. */
  async fill(head = this.farthest()): Promise<void> {
    this.calm()
    if (this.filling || this.closed) return
    this.filling = true
    const filled = await this.read(head).catch((trouble: unknown) => this.failed(trouble))
    this.filling = false
    if (filled && this.early.size) this.timer ??= setTimeout(() => void this.fill(), patience)
  }

  /** The server's story is another one now: forget ours, take the newest page. */
  async restart(head: number, epoch: string | undefined): Promise<void> {
    this.calm()
    this.early.clear()
    this.epoch = epoch
    this.applied = head
    const page = await this.fetch(this.stream, { before: head + 1, limit: 50 })
    if (!this.closed && this.applied === head) this.follower.reset(page)
  }

  close(): void {
    this.closed = true
    this.calm()
    this.early.clear()
  }

  private async read(head: number): Promise<boolean> {
    while (this.applied < head && !this.closed) {
      const page = await this.fetch(this.stream, { after: this.applied, limit: 200 })
      if (this.epoch && page.epoch !== this.epoch) return false
      const before = this.applied
      for (const event of page.events) this.take(event)
      if (this.applied === before) return false
    }
    return true
  }

  private failed(trouble: unknown): boolean {
    const status = (trouble as { status?: number }).status ?? 0
    if (status === 403 || status === 404 || status === 410) this.follower.gone()
    else if (!this.closed) this.timer = setTimeout(() => void this.fill(), retry)
    return false
  }

  private drain(): void {
    for (let next; (next = this.early.get(this.applied + 1)); ) {
      this.early.delete(next.seq)
      this.applied = next.seq
      this.follower.event(next)
    }
    for (const seq of this.early.keys()) if (seq <= this.applied) this.early.delete(seq)
    if (!this.early.size) this.calm()
  }

  private farthest(): number {
    return Math.max(this.applied, ...this.early.keys())
  }

  private calm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}
