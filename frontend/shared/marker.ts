import type { Marks, Side } from './types'

export type Mark = 'ack' | 'read'

const often = 1_000
const few = 8

/** Receipts: only the highest matters, a few at a time, told again only as long as nothing shows that they came. */
export class Marker {
  private due = new Map<string, number>()
  private told = new Map<string, number>()
  private known = new Map<string, number>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private ready = false

  constructor(private readonly side: Side | undefined, private readonly push: (kind: Mark, stream: string, seq: number) => void) {}

  set(kind: Mark, stream: string, seq: number): void {
    const key = `${kind} ${stream}`
    if (seq <= Math.max(this.told.get(key) ?? 0, this.known.get(key) ?? 0)) return
    this.due.set(key, Math.max(seq, this.due.get(key) ?? 0))
    this.flush()
  }

  /** The server tells how far the sides have come; with that what we told is settled. Who has read has received. */
  hear(stream: string, reads: Marks, delivered: Marks): void {
    if (!this.side) return
    const read = reads[this.side] ?? 0
    this.settle(`read ${stream}`, read)
    this.settle(`ack ${stream}`, Math.max(read, delivered[this.side] ?? 0))
  }

  /** What was told into a dying connection may never have arrived. */
  open(): void {
    this.ready = true
    for (const [key, seq] of this.told) this.due.set(key, Math.max(seq, this.due.get(key) ?? 0))
    this.flush()
  }

  shut(): void {
    this.ready = false
    clearTimeout(this.timer)
    this.timer = undefined
  }

  /** The stream is another one now, or no longer ours: its old numbers say nothing. */
  forget(stream: string): void {
    for (const marks of [this.due, this.told, this.known]) for (const kind of ['ack', 'read']) marks.delete(`${kind} ${stream}`)
  }

  clear(): void {
    for (const marks of [this.due, this.told, this.known]) marks.clear()
  }

  private settle(key: string, seq: number): void {
    if (seq > (this.known.get(key) ?? 0)) this.known.set(key, seq)
    for (const marks of [this.due, this.told]) if ((marks.get(key) ?? Infinity) <= seq) marks.delete(key)
  }

  private flush(): void {
    if (!this.ready || this.timer || !this.due.size) return
    for (const [key, seq] of [...this.due].slice(0, few)) {
      const [kind, stream] = key.split(' ') as [Mark, string]
      this.due.delete(key)
      this.told.set(key, seq)
      this.push(kind, stream, seq)
    }
    this.timer = setTimeout(() => {
      this.timer = undefined
      this.flush()
    }, often)
  }
}
