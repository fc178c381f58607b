import { api, Problem } from '../shared/api'
import type { Conversation } from '../shared/types'
import { type Box, byUrgency, fold } from './order'

const PAUSE = 250

/** The list on the left: one box, perhaps narrowed by a search, kept up live. */
export class Inbox {
  box = $state<Box>('open')
  q = $state('')
  loading = $state(true)
  problem = $state.raw<Problem | null>(null)
  next = $state<string | null>(null)
  #rows = $state.raw<Conversation[]>([])
  #set_aside = $state.raw<ReadonlySet<string>>(new Set())
  #asked = 0
  #pause?: ReturnType<typeof setTimeout>

  readonly rows = $derived(this.#rows.filter((row) => !this.#set_aside.has(row.id)))

  row(id: string): Conversation | undefined {
    return this.#rows.find((one) => one.id === id)
  }

  show(box: Box): void {
    this.box = box
    this.#rows = []
    void this.reload()
  }

  search(q: string): void {
    this.q = q
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => void this.reload(), PAUSE)
  }

  async reload(): Promise<void> {
    await this.#load(undefined, (items) => items)
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return
    await this.#load(this.next, (items) => {
      const known = new Set(this.#rows.map((row) => row.id))
      return [...this.#rows, ...items.filter((row) => !known.has(row.id))]
    })
  }

  /** A row changed somewhere. A search is not widened by it: only what was found is kept fresh. */
  take(row: Conversation): void {
    if (this.q && !this.row(row.id)) return
    this.#rows = fold(this.#rows, row, this.box)
  }

  /** Hide a row while its resolution can still be undone. */
  setAside(id: string, aside: boolean): void {
    const ids = new Set(this.#set_aside)
    if (aside) ids.add(id)
    else ids.delete(id)
    this.#set_aside = ids
  }

  async #load(after: string | undefined, join: (items: Conversation[]) => Conversation[]): Promise<void> {
    const ask = ++this.#asked
    this.loading = true
    try {
      const page = await api.conversations({ box: this.box, q: this.q.trim(), after, limit: 50 })
      if (ask !== this.#asked) return
      this.#rows = join(page.items).sort(byUrgency)
      this.next = page.next
      this.problem = null
    } catch (problem) {
      if (ask === this.#asked && problem instanceof Problem) this.problem = problem
    } finally {
      if (ask === this.#asked) this.loading = false
    }
  }
}
