import { api } from './api'
import { fold, freshest, outdated, type Rule } from './boxes'
import { Insist } from './insist'
import { Problem } from './problem'
import type { Conversation } from './types'

const PAUSE = 250
const UNSURE = 1_000

/** A list of conversations, perhaps narrowed by a search, kept up live. */
export class Inbox {
  q = $state('')
  loading = $state(true)
  problem = $state.raw<Problem | null>(null)
  next = $state<string | null>(null)
  #rows = $state.raw<Conversation[]>([])
  #hidden = $state.raw<ReadonlySet<string>>(new Set())
  /** The newest rows that were told live, also of conversations that are in another box by now. */
  readonly #told = new Map<string, Conversation>()
  readonly #newest = new Insist(() => this.#load(undefined, (items) => items), () => {})
  #asked = 0
  #pause: ReturnType<typeof setTimeout> | undefined

  readonly rows = $derived(this.#rows.filter((row) => !this.#hidden.has(row.id)))

  #again: ReturnType<typeof setTimeout> | undefined

  constructor(readonly rule: Rule) {}

  row(id: string): Conversation | undefined {
    return this.#rows.find((one) => one.id === id)
  }

  /** Something else is shown from now on. */
  turn(): void {
    this.#rows = []
    void this.reload()
  }

  /** What was heard of a row, or is shown of it. */
  heard(id: string): Conversation | undefined {
    return this.#told.get(id) ?? this.row(id)
  }

  search(q: string): void {
    this.q = q
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => void this.reload(), PAUSE)
  }

  /** `anew` when the server was restored: what was told before outdates nothing. */
  async reload(anew = false): Promise<void> {
    if (anew) this.#told.clear()
    await this.#newest.now()
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return
    await this.#load(this.next, (items) => {
      const known = new Set(this.#rows.map((row) => row.id))
      return [...this.#rows, ...items.filter((row) => !known.has(row.id))]
    }).catch((trouble: unknown) => {
      if (!(trouble instanceof Problem)) throw trouble
    })
  }

  /** Nobody looks any more: nothing is asked for again. */
  close(): void {
    clearTimeout(this.#pause)
    clearTimeout(this.#again)
    this.#newest.stop()
  }

  /** Whether something newer is known than this row. */
  outdated(row: Conversation): boolean {
    return outdated(row, this.#told.get(row.id))
  }

  /** A row changed somewhere. A search is not widened by it: only what was found is kept fresh. */
  take(row: Conversation): void {
    if (this.outdated(row)) return
    this.#told.set(row.id, row)
    if (this.q && !this.row(row.id)) return
    const stays = this.rule.holds(row)
    if (stays === undefined) this.#ask()
    this.#rows = fold(this.#rows, row, stays ?? !!this.row(row.id), this.rule.order)
  }

  /** Only the server knows whether a row belongs here; what changes at one moment is asked for once. */
  #ask(): void {
    clearTimeout(this.#again)
    this.#again = setTimeout(() => void this.reload(), UNSURE)
  }

  /** Leave a row out while what was done to it can still be undone. */
  setAside(id: string, aside: boolean): void {
    if (aside === this.#hidden.has(id)) return
    const ids = new Set(this.#hidden)
    if (aside) ids.add(id)
    else ids.delete(id)
    this.#hidden = ids
  }

  async #load(after: string | undefined, join: (items: Conversation[]) => Conversation[]): Promise<void> {
    const ask = ++this.#asked
    this.loading = true
    try {
      const page = await api.conversations({ ...this.rule.query(), q: this.q.trim(), limit: 50, ...(after ? { after } : {}) })
      if (ask !== this.#asked) return
      // What the server gave belongs there: a page that does not know the server's time yet cannot tell.
      const given = new Set(page.items)
      const fresh = freshest(page.items, [...this.#told.values()])
      this.#rows = join(fresh.filter((row) => given.has(row) || this.rule.holds(row) !== false)).sort(this.rule.order)
      this.next = page.next
      this.problem = null
    } catch (problem) {
      if (problem instanceof Problem && ask === this.#asked) this.problem = problem
      throw problem
    } finally {
      if (ask === this.#asked) this.loading = false
    }
  }
}
