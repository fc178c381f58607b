import { api } from '../api'
import { caseWords } from './late'
import { Insist } from '../insist'
import { offline, Problem } from '../problem'
import type { CaseListed } from '../types'

const PAGE = 50
const PAUSE = 400

export type CaseBox = 'open' | 'done'

/** All cases somebody may see, the earliest consequence first, kept up while they look. */
export class DueList {
  box = $state<CaseBox>('open')
  rows = $state.raw<CaseListed[]>([])
  next = $state<string | null>(null)
  loading = $state(true)
  problem = $state.raw<Problem | null>(null)
  #asked = 0
  #pages = 1
  #pause: ReturnType<typeof setTimeout> | undefined
  readonly #newest = new Insist(() => this.#fetch(), () => {})

  show(box: CaseBox): void {
    if (box !== this.box) Object.assign(this, { box, rows: [], next: null })
    this.#pages = 1
    void this.reload()
  }

  reload(): Promise<void> {
    return this.#newest.now()
  }

  /** Something moved somewhere: steps come in bursts, the list is asked for once after them. */
  stir(): void {
    clearTimeout(this.#pause)
    this.#pause = setTimeout(() => void this.reload(), PAUSE)
  }

  close(): void {
    clearTimeout(this.#pause)
    this.#newest.stop()
  }

  async more(): Promise<void> {
    if (!this.next || this.loading) return
    this.#pages++
    await this.reload()
  }

  /** As many pages as were on the screen, since a step may move a case from one to another. */
  async #fetch(): Promise<void> {
    const mine = ++this.#asked
    this.loading = true
    try {
      await caseWords()
      const rows: CaseListed[] = []
      let after: string | null = ''
      for (let page = 0; page < this.#pages && after !== null; page++) {
        const found: { items: CaseListed[]; next: string | null } = await api.cases({ box: this.box, limit: PAGE, after })
        rows.push(...found.items)
        after = found.next
      }
      if (mine !== this.#asked) return
      this.rows = rows
      this.next = after
      this.problem = null
    } catch (trouble) {
      const problem = trouble instanceof Problem ? trouble : offline()
      if (mine === this.#asked) this.problem = problem
      throw problem
    } finally {
      if (mine === this.#asked) this.loading = false
    }
  }
}
