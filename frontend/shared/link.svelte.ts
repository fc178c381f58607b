import type { Ending, Line, LineState } from './line'

const flicker = 2_000

/** The state of the line as a screen shows it: a short gap is nobody's business. */
export class Link {
  state = $state<LineState>('idle')
  lost = $state(false)
  ended = $state<Ending>()
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(line: Line) {
    line.onstate((state) => this.changed(state, line.ending))
  }

  private changed(state: LineState, ending: Ending | undefined): void {
    this.state = state
    this.ended = state === 'ended' ? ending : undefined
    if (state === 'open' || state === 'idle') return this.found()
    this.timer ??= setTimeout(() => (this.lost = true), flicker)
  }

  private found(): void {
    clearTimeout(this.timer)
    this.timer = undefined
    this.lost = false
  }
}
