import { Feed, type Fetch, type Follower } from './feed'
import type { Down, Up } from './frames'

interface Subscription {
  sid: string
  feeds: Set<Feed>
}

const most = 20

/** The streams this page follows: one subscription each, however many follow it. */
export class Streams {
  private subscriptions = new Map<string, Subscription>()
  private sids = 0
  epoch: string | undefined

  constructor(private readonly fetch: Fetch, private readonly push: (frame: Up) => void) {}

  /** A stream that is followed already is asked for anew, from the one who is farthest behind. */
  follow(stream: string, follower: Follower, from: { applied: number; epoch?: string | undefined }): () => void {
    const feed = new Feed(stream, follower, this.fetch, from.applied, from.epoch)
    const { sid, feeds } = this.subscriptions.get(stream) ?? { feeds: new Set<Feed>() }
    if (sid) this.push({ t: 'unsub', sid })
    feeds.add(feed)
    this.subscriptions.set(stream, { sid: String(++this.sids), feeds })
    this.subscribe(stream)
    return () => this.leave(feed)
  }

  open(): void {
    for (const stream of this.subscriptions.keys()) this.subscribe(stream)
  }

  /** Where this page is in everything it follows, for a question without a socket. */
  cursor(): string {
    const places = [...this.subscriptions].slice(0, most).map(([stream, { feeds }]) => `~${stream}~${this.last(feeds).applied}`)
    return (this.epoch ?? '') + places.join('')
  }

  /** Whose story is told from now on; the answer is whose it was so far. */
  learn(epoch: string): string | undefined {
    const before = this.epoch
    this.epoch = epoch
    return before
  }

  /** Nobody but the answer to a question tells that what is here is of another story. */
  doubt(): void {
    for (const { feeds } of this.subscriptions.values()) for (const feed of feeds) if (feed.applied && feed.epoch !== this.epoch) feed.ask()
  }

  /** An answer without a socket calls a subscription by its stream. */
  sid(stream: string): string | undefined {
    return this.subscriptions.get(stream)?.sid
  }

  /** Without a socket, news is asked for: in all streams, or in one. */
  ask(stream?: string): void {
    for (const [one, { feeds }] of this.subscriptions) if (!stream || one === stream) for (const feed of feeds) feed.ask()
  }

  hear(frame: Down & { stream: string }): void {
    const subscription = this.subscriptions.get(frame.stream)
    if (!subscription || ('sid' in frame && frame.sid !== subscription.sid)) return
    for (const feed of [...subscription.feeds]) this.tell(feed, frame)
  }

  /** The server refused a subscription: it is not, or no longer, ours to see. */
  refused(sid: string): void {
    for (const [stream, one] of this.subscriptions) if (one.sid === sid) this.hear({ t: 'gone', sid, stream })
  }

  /** The server could not read it; perhaps it can now. Whoever follows or leaves it meanwhile has said so under another number. */
  again(sid: string): void {
    for (const [stream, one] of this.subscriptions) if (one.sid === sid) this.subscribe(stream)
  }

  private tell(feed: Feed, frame: Down): void {
    const { follower } = feed
    switch (frame.t) {
      case 'event': return feed.take(frame.event)
      case 'reset': return feed.restart(frame.head)
      case 'cursor': return follower.cursor?.(frame)
      case 'typing': return follower.typing?.(frame)
      case 'sub_ok':
        follower.marks?.(frame.reads, frame.delivered)
        return feed.resume(frame.events, frame.head, this.epoch)
      case 'gone':
        this.leave(feed)
        return follower.gone()
    }
  }

  private subscribe(stream: string): void {
    const { sid, feeds } = this.subscriptions.get(stream)!
    const { applied, epoch } = this.last(feeds)
    this.push({ t: 'sub', sid, stream, after: applied, ...(epoch ? { epoch } : {}) })
  }

  private last(feeds: Set<Feed>): Feed {
    return [...feeds].reduce((a, b) => (b.applied < a.applied ? b : a))
  }

  private leave(feed: Feed): void {
    feed.close()
    const subscription = this.subscriptions.get(feed.stream)
    if (!subscription?.feeds.delete(feed) || subscription.feeds.size) return
    this.subscriptions.delete(feed.stream)
    this.push({ t: 'unsub', sid: subscription.sid })
  }
}
