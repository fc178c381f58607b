import { Problem } from './problem'

const soon = 1_000
const longest = 30_000

/** A question that is asked again, later each time, until it is answered. Asked anew, only the last answer counts. */
export class Insist<T> {
  private asked = 0
  private failures = 0
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly ask: () => Promise<T>, private readonly hear: (answer: T) => void) {}

  async now(): Promise<void> {
    this.stop()
    const mine = this.asked
    try {
      const answer = await this.ask()
      if (mine !== this.asked) return
      this.failures = 0
      this.hear(answer)
    } catch (trouble) {
      if (!(trouble instanceof Problem)) throw trouble
      if (trouble.passing && mine === this.asked) this.timer = setTimeout(() => void this.now(), this.wait(trouble))
    }
  }

  private wait({ retryAfter = 0 }: Problem): number {
    return Math.max(retryAfter * 1000, Math.min(longest, soon * 2 ** this.failures++))
  }

  stop(): void {
    clearTimeout(this.timer)
    this.asked++
  }
}
