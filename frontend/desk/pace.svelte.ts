import type { Line } from '../shared/line'

/** The server's time, told once a second to everything that shows a clock. */
export class Pace {
  now = $state(Date.now())
  #ticking: ReturnType<typeof setInterval>

  constructor(line: Line) {
    this.now = line.now()
    this.#ticking = setInterval(() => (this.now = line.now()), 1000)
  }

  stop(): void {
    clearInterval(this.#ticking)
  }
}
