import { api } from './api'
import { Problem } from './problem'
import type { SubjectRef, Suggestion } from './types'

const pause = 250
const least = 3

/** What is known already of what somebody types: looked up when they pause, never while a sign is being composed. */
export class Suggesting {
  found = $state.raw<Suggestion[]>([])
  /** The words that were taken away because something helped, until they are wanted back. */
  kept = $state.raw<{ words: string; by: string }>()
  private words = ''
  private turn = 0
  private clock: ReturnType<typeof setTimeout> | undefined
  private readonly wrong = new Set<string>()
  private seen = new Set<string>()

  /** Strangers are shown answers, too; only who has signed in is counted, once. */
  constructor(private readonly subject: SubjectRef, private readonly counted: boolean, private variant = '') {}

  /** They look at another choice of the product: what holds for one may not for another. */
  choose(variant: string): void {
    if (variant === this.variant) return
    this.variant = variant
    const words = this.words
    this.words = ''
    this.type(words)
  }

  type(words: string): void {
    const asked = words.trim()
    if (asked === this.words) return
    this.words = asked
    if (asked) this.kept = undefined
    clearTimeout(this.clock)
    const mine = ++this.turn
    if ([...asked].length < least) return this.drop(asked)
    this.clock = setTimeout(() => void this.look(asked, mine), pause)
  }

  /** It helped: nothing need be asked. */
  helped(id: string, words: string): void {
    this.kept = { words, by: id }
    void this.tell({ helped: id })
    this.seen = new Set()
    this.found = []
  }

  undo(): string {
    const { words, by } = this.kept!
    this.kept = undefined
    void this.tell({ undone: by })
    return words
  }

  /** It answers something else: it is not shown here again, and the shop hears of it. */
  async mislead(id: string): Promise<boolean> {
    this.wrong.add(id)
    this.show(this.found)
    return this.tell({ wrong: id })
  }

  close(): void {
    clearTimeout(this.clock)
    this.turn++
    this.end()
  }

  private async look(words: string, mine: number): Promise<void> {
    const { subject, variant } = this
    const found = await api.suggest({ subject, words, ...(variant ? { variant } : {}) }).catch(() => [])
    if (mine === this.turn) this.show(found)
  }

  private show(found: Suggestion[]): void {
    this.found = found.filter(({ id }) => !this.wrong.has(id))
    for (const { id } of this.found) this.seen.add(id)
  }

  /** Too little is left to look for; if nothing is left, the words went out or were given up. */
  private drop(words: string): void {
    if (words) this.found = []
    else this.end()
  }

  private end(): void {
    if (this.seen.size) void this.tell({})
    this.seen = new Set()
    this.found = []
  }

  private tell(what: { helped?: string; undone?: string; wrong?: string }): Promise<boolean> {
    if (!this.counted) return Promise.resolve(true)
    const shown = [...this.seen].slice(0, 20)
    return api.reportSuggestions({ subject: this.subject, shown, ...what }).then(() => true, (trouble: unknown) => {
      if (trouble instanceof Problem) return false
      throw trouble
    })
  }
}
