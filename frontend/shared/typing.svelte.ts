import type { Typing as News } from './frames'
import type { Participant, Side } from './types'

const lasts = 5_000
const again = 3_000

type Timer = ReturnType<typeof setTimeout> | undefined

/** Who is writing just now: the other side, a colleague, or this person, who tells it at most every three seconds. */
export class Typing {
  other = $state.raw<{ side: Side; name: string } | null>(null)
  rival = $state('')
  private toldAt = 0
  private ownEnd: Timer
  private otherEnd: Timer
  private rivalEnd: Timer

  constructor(private readonly me: Participant, private readonly tell: (on: boolean) => void) {}

  type(): void {
    const now = Date.now()
    if (now - this.toldAt > again) this.say(true)
    clearTimeout(this.ownEnd)
    this.ownEnd = setTimeout(() => this.stop(), lasts - 1_000)
  }

  stop(): void {
    clearTimeout(this.ownEnd)
    if (this.toldAt) this.say(false)
  }

  hear({ side, name, on }: Pick<News, 'side' | 'name' | 'on'>): void {
    if (side !== this.me.side) this.otherTypes(on ? { side, name } : null)
    else if (on) this.rivalTypes(name)
  }

  /** Who has spoken is no longer typing. */
  spoke({ id, side }: Participant): void {
    if (side === this.other?.side) this.otherTypes(null)
    if (side === this.me.side && id !== this.me.id) this.rival = ''
  }

  close(): void {
    this.otherTypes(null)
    this.rival = ''
  }

  private otherTypes(who: { side: Side; name: string } | null): void {
    clearTimeout(this.otherEnd)
    this.other = who
    if (who) this.otherEnd = setTimeout(() => (this.other = null), lasts)
  }

  private rivalTypes(name: string): void {
    clearTimeout(this.rivalEnd)
    this.rival = name
    this.rivalEnd = setTimeout(() => (this.rival = ''), lasts)
  }

  private say(on: boolean): void {
    this.toldAt = on ? Date.now() : 0
    this.tell(on)
  }
}
