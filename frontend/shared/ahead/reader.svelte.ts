import { Problem } from '../problem'
import type { Choice, ConfirmedFact, Need, ReadFact, Reading, Unsent } from '../types'

export type Read = (unsent: Unsent) => Promise<Reading | undefined>

/** One quiet line above the field, and how urgent it is: the smaller, the more. */
export type Line =
  | { rank: 0; kind: 'hidden'; what: Reading['hidden'][number] }
  | { rank: 1; kind: 'abusive' }
  | { rank: 2; kind: 'missing'; need: Need; choices: Choice[] }
  | { rank: 3; kind: 'upset' }

const fewest = 3
const pause = 450

/** What is being written, as the server reads it: asked for in pauses, waited for by nobody. */
export class Reader {
  private reading = $state.raw<Reading>()
  private picked = $state.raw<ReadonlySet<string>>(new Set())
  /** What has been answered by hand, and from which rank on nothing is said in this draft. */
  private answered = $state.raw<ReadonlySet<Need>>(new Set())
  private quietFrom = $state(Infinity)

  line = $derived(this.reading && lineOf(this.reading, this.answered, this.quietFrom))
  facts = $derived(this.reading?.facts ?? [])

  private timer: ReturnType<typeof setTimeout> | undefined
  private turn = 0
  private restsUntil = 0

  constructor(private readonly read: Read) {}

  /** The words as they are now; an empty field is a new draft. */
  write(text: string, photos: boolean): void {
    clearTimeout(this.timer)
    this.turn++
    if (!text.trim()) return this.beginAnew()
    if (signs(text) < fewest) this.reading = undefined
    else this.timer = setTimeout(() => void this.ask(text, photos, this.turn), pause)
  }

  holds(fact: ReadFact): boolean {
    return this.picked.has(keyOf(fact))
  }

  toggle(fact: ReadFact): void {
    const picked = new Set(this.picked)
    if (!picked.delete(keyOf(fact))) picked.add(keyOf(fact))
    this.picked = picked
  }

  /** What the writer has picked goes in as soon as the words name it. */
  answer(need: Need): void {
    this.answered = new Set([...this.answered, need])
  }

  /** Put the line away for this draft, with all that is less urgent. False if there was none. */
  dismiss(): boolean {
    if (!this.line) return false
    this.quietFrom = this.line.rank
    return true
  }

  /** The confirmed facts go with the message; what is written next is another one. */
  take(): ConfirmedFact[] {
    const taken = this.facts.filter((fact) => this.holds(fact)).map(({ kind, value }) => ({ kind, value }))
    this.stop()
    this.beginAnew()
    return taken.slice(0, 8)
  }

  stop(): void {
    clearTimeout(this.timer)
    this.turn++
  }

  private beginAnew(): void {
    this.reading = undefined
    this.picked = new Set()
    this.answered = new Set()
    this.quietFrom = Infinity
  }

  private async ask(text: string, photos: boolean, mine: number): Promise<void> {
    if (Date.now() < this.restsUntil) return
    try {
      const reading = await this.read({ text, photos, today: localDay() })
      if (mine === this.turn) this.reading = reading
    } catch (trouble) {
      if (!(trouble instanceof Problem)) throw trouble
      this.restsUntil = Date.now() + 1000 * (trouble.retryAfter ?? 5) // one writes on without it
    }
  }
}

export function lineOf({ hidden, courtesy, missing, choices }: Reading, answered: ReadonlySet<Need>, quietFrom: number): Line | undefined {
  const lines: (Line | undefined)[] = [
    hidden[0] && { rank: 0, kind: 'hidden', what: hidden[0] },
    courtesy === 'abusive' ? { rank: 1, kind: 'abusive' } : undefined,
    missing && !answered.has(missing) ? { rank: 2, kind: 'missing', need: missing, choices } : undefined,
    courtesy === 'upset' ? { rank: 3, kind: 'upset' } : undefined,
  ]
  const first = lines.find(Boolean)
  return first && first.rank < quietFrom ? first : undefined
}

const keyOf = ({ kind, value }: ReadFact) => `${kind} ${value}`
const signs = (text: string) => [...text.trim()].length

/** The day on the writer's own calendar: yesterday is counted from it. */
function localDay(): string {
  const now = new Date()
  return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, '0')).join('-')
}
