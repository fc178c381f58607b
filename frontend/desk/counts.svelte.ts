import { api } from '../shared/api'
import type { Conversation, Counts, SavedView } from '../shared/types'
import { holds, inView, type View, type Wanted } from './lens'

/** Nobody needs to know of more. */
const MOST = 100
const PAUSE = 1_000
const views = ['open', 'mine', 'unassigned', 'waiting', 'overdue', 'snoozed', 'done'] as const

/** How much is in each view: asked for once, then kept by what is heard; asked again where that does not tell. */
export class Tally {
  counts = $state.raw<Counts | null>(null)
  saved: SavedView[] = []
  #again: ReturnType<typeof setTimeout> | undefined

  constructor(readonly me: string, readonly now: () => number) {}

  async load(): Promise<void> {
    this.counts = await api.counts().catch(() => this.counts)
  }

  hear(before: Conversation | undefined, row: Conversation): void {
    const counts = this.counts
    if (!counts) return
    if (!before) return this.#ask()
    const next = { ...counts }
    for (const view of views) {
      const by = Number(this.#in(row, view)) - Number(this.#in(before, view))
      if (by && counts[view] >= MOST) return this.#ask()
      next[view] += by
    }
    next.saved = this.#savedAfter(counts, before, row)
    this.counts = next
  }

  /** How a number is written: beyond the most it is only said to be more. */
  shown(view: string): string {
    const { saved = {}, ...known } = this.counts ?? {}
    const n = { ...known, ...saved }[view] ?? 0
    return n >= MOST ? `${MOST - 1}+` : n ? String(n) : ''
  }

  close(): void {
    clearTimeout(this.#again)
  }

  #savedAfter({ saved = {} }: Counts, before: Conversation, row: Conversation): Record<string, number> {
    const counted = this.saved.filter(({ id }) => id in saved)
    const fits = (one: Conversation, { filter }: SavedView) => Number(holds(one, { view: 'open', ...filter } as Wanted, this.me, this.now()))
    const after = counted.map((view) => [view.id, saved[view.id]! + fits(row, view) - fits(before, view)] as const)
    return { ...saved, ...Object.fromEntries(after) }
  }

  #in(row: Conversation, view: View): boolean {
    return row.state !== 'new' && inView(row, view, this.me, this.now())
  }

  /** Many rows may change at one moment: they are counted once. */
  #ask(): void {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => void this.load(), PAUSE)
  }
}
