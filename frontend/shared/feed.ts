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
const longest = 30_000
const newest = 50

/** One stream as one follower has it: what came too early waits until the hole before it is filled. */
export class Feed {
  private early = new Map<number, Event>()
  private wanted = 0
  private asking = false
  /** Where the story that replaces ours ends; ours stays on the screen until a page of the new one is here. */
  private replaced: { head: number } | undefined
  private timer: ReturnType<typeof setTimeout> | undefined
  private filling = false
  private failures = 0
  private closed = false

  constructor(
    readonly stream: string,
    readonly follower: Follower,
    private readonly fetch: Fetch,
    public applied: number,
    public epoch: string | undefined,
  ) {}

  take(event: Event): void {
    if (this.closed || (event.seq <= this.applied && !this.replaced)) return
    this.early.set(event.seq, event)
    this.drain()
    if (this.early.size) this.later(patience)
  }

  /** The server goes on from where a follower of this stream was; that need not be where we are. */
  resume(events: Event[], head: number, epoch: string | undefined): void {
    if (this.replaced || this.other(epoch)) return this.restart(head)
    this.epoch = epoch
    for (const event of events) this.take(event)
    this.reach(head)
  }

  /** Read page by page what lies between us and the head. */
  reach(head: number): void {
    this.wanted = Math.max(this.wanted, head)
    void this.fill()
  }

  /** Nobody tells us of news while no socket opens: ask whether there are any. */
  ask(): void {
    this.asking = true
    void this.fill()
  }

  /** The server's story is another one now: ours is dropped when the newest page of theirs has come. */
  restart(head: number): void {
    this.early.clear()
    this.replaced = { head }
    void this.fill()
  }

  close(): void {
    this.closed = true
    this.calm()
    this.early.clear()
  }

  /** Nothing new in a page that should have something is a failure too: asked again, but not at once. */
  private async fill(): Promise<void> {
    this.calm()
    if (this.filling) return
    this.filling = true
    let trouble: unknown
    while (!trouble && this.lacks()) {
      const turn = this.replaced ? this.replace(this.replaced) : this.next()
      trouble = await turn.then((got) => !got, (trouble: unknown) => trouble ?? true)
      if (!trouble) this.failures = 0
    }
    this.filling = false
    if (trouble && !this.closed) this.failed(trouble)
  }

  private lacks(): boolean {
    return !this.closed && (Boolean(this.replaced) || this.asking || this.applied < this.goal())
  }

  private async next(): Promise<boolean> {
    const before = this.applied
    const asked = this.asking
    this.asking = false
    const page = await this.fetch(this.stream, { after: before, limit: 200 }).catch((trouble: unknown) => {
      this.asking ||= asked
      throw trouble
    })
    if (this.closed || this.replaced) return true
    if (this.other(page.epoch)) this.restart(page.head)
    else this.epoch = page.epoch
    for (const event of page.events) if (!this.replaced) this.take(event)
    if (asked && !this.replaced) this.told(page)
    return asked || Boolean(this.replaced) || this.applied > before
  }

  /** What is here without a story may be of any. */
  private other(epoch: string | undefined): boolean {
    return Boolean(this.epoch || this.applied) && this.epoch !== epoch
  }

  private told({ head, reads, delivered }: StreamPage): void {
    this.wanted = Math.max(this.wanted, head)
    this.follower.marks?.(reads, delivered)
  }

  private async replace(story: { head: number }): Promise<boolean> {
    const page = await this.fetch(this.stream, { before: story.head + 1, limit: newest })
    if (this.closed || this.replaced !== story) return true
    this.replaced = undefined
    this.epoch = page.epoch
    this.applied = page.events.at(-1)?.seq ?? 0
    this.wanted = page.head
    this.asking = true // marks that moved while the page was on its way
    this.follower.reset(page)
    this.drain()
    return true
  }

  private failed(trouble: unknown): void {
    const { status, retryAfter = 0 } = trouble as { status?: number; retryAfter?: number }
    this.calm()
    if (status === 403 || status === 404 || status === 410) {
      this.close()
      this.follower.gone()
    } else this.later(Math.max(retryAfter * 1000, Math.min(longest, retry * 2 ** this.failures++)))
  }

  private drain(): void {
    if (this.replaced) return
    for (let next; (next = this.early.get(this.applied + 1)); ) {
      this.early.delete(next.seq)
      this.applied = next.seq
      this.follower.event(next)
    }
    for (const seq of this.early.keys()) if (seq <= this.applied) this.early.delete(seq)
    if (this.applied >= this.goal()) this.calm()
  }

  private goal(): number {
    return Math.max(this.wanted, ...this.early.keys())
  }

  private later(ms: number): void {
    this.timer ??= setTimeout(() => void this.fill(), ms)
  }

  private calm(): void {
    clearTimeout(this.timer)
    this.timer = undefined
  }
}
