import { Problem } from './problem'

const soon = 1_000
const longest = 30_000

/** A question that is asked again, later each time, until it is answered. Asked anew, only the last answer counts. */
export class Insist<T> {
  private asked = 0
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private turn: Promise<void> | undefined

  constructor(private readonly ask: () => Promise<T>, private readonly hear: (answer: T) => void) {}

  /** Done when the newest question is, whoever asked it. */
  now(): Promise<void> {
    this.stop()
    return (this.turn = this.once(this.asked))
  }

  stop(): void {
    clearTimeout(this.timer)
    this.asked++
    this.turn = undefined
  }

  private async once(mine: number): Promise<void> {
    try {
      const answer = await this.ask()
      if (mine !== this.asked) return this.turn
      this.failures = 0
      this.hear(answer)
    } catch (trouble) {
      if (!(trouble instanceof Problem)) throw trouble
      if (mine !== this.asked) return this.turn
      if (trouble.passing) this.timer = setTimeout(() => void this.now(), this.wait(trouble))
    }
  }

  private wait({ retryAfter = 0 }: Problem): number {
    return Math.max(retryAfter * 1000, Math.min(longest, soon * 2 ** this.failures++))
  }
}
