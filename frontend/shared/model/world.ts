/** Seeded chance: the same seed tells the same story. */
export class Chance {
  constructor(private state: number) {}

  next = (): number => {
    this.state = (this.state + 0x6d2b79f5) | 0
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }

  /** A whole number from the first to the last, both included. */
  int(first: number, last: number): number {
    return first + Math.floor(this.next() * (last - first + 1))
  }

  happens(probability: number): boolean {
    return this.next() < probability
  }

  of<T>(all: readonly T[]): T {
    return all[this.int(0, all.length - 1)]!
  }

  /** One of some names, each as often as its weight says. */
  weighed<T extends string>(weights: Record<T, number>): T {
    const all = Object.entries(weights) as [T, number][]
    let left = this.next() * all.reduce((sum, [, weight]) => sum + weight, 0)
    return (all.find(([, weight]) => (left -= weight) < 0) ?? all[0]!)[0]
  }
}

interface Moment {
  at: number
  turn: number
  /** A timer of the device may stand still while it sleeps; what comes to it only waits. */
  of: 'world' | 'device' | 'timer'
  deed: () => void
}

const real = { setTimeout, clearTimeout, setImmediate, Date, random: Math.random }
const settled = () => new Promise<void>((done) => real.setImmediate(done))

/** A world with its own time: what is due happens one after the other, and each deed's promises settle before the next. */
export class World {
  now = 0
  /** By how much the clock of the device is wrong. */
  skew = 0
  private turns = 0
  private due: Moment[] = []
  private cancelled = new Set<number>()
  private asleep = false
  private frozen: Moment[] = []

  constructor(readonly chance: Chance, start: number) {
    this.now = start
  }

  /** Something happens in the world, whatever the device does. */
  later(ms: number, deed: () => void): void {
    this.put(ms, deed, 'world')
  }

  /** Something happens on the device, once it is awake. */
  onDevice(ms: number, deed: () => void): number {
    return this.put(ms, deed, 'device')
  }

  /** A call that takes its time; it does not come back to a device that sleeps. */
  takes<T>(ms: number, work: () => T): Promise<T> {
    return new Promise((done, fail) => {
      this.onDevice(ms, () => {
        try {
          done(work())
        } catch (trouble) {
          fail(trouble as Error)
        }
      })
    })
  }

  sleep(): void {
    this.asleep = true
  }

  /** Some systems let a timer count while they sleep, others do not. */
  wake(slept: number, counted: boolean): void {
    this.asleep = false
    const late = this.frozen.splice(0)
    if (!counted) {
      late.push(...this.due.filter((one) => one.of === 'timer'))
      this.due = this.due.filter((one) => one.of !== 'timer')
    }
    for (const one of late) this.insert({ ...one, at: Math.max(this.now, !counted && one.of === 'timer' ? one.at + slept : one.at) })
  }

  /** How much has been going to happen so far. */
  get moments(): number {
    return this.turns
  }

  async run(until: number): Promise<void> {
    for (let next = this.due[0]; next && next.at <= until; next = this.due[0]) {
      this.due.shift()
      if (this.cancelled.delete(next.turn)) continue
      this.now = Math.max(this.now, next.at)
      if (this.asleep && next.of !== 'world') {
        this.frozen.push(next)
        continue
      }
      next.deed()
      await settled()
    }
    this.now = until
  }

  /** The code under test lives by this world's clock, timers and chance; the answer ends that. */
  reign(): () => void {
    const world = this
    globalThis.setTimeout = ((deed: () => void, ms = 0) => world.put(ms, deed, 'timer')) as unknown as typeof setTimeout
    globalThis.clearTimeout = ((turn?: number) => void (turn !== undefined && world.cancelled.add(turn))) as typeof clearTimeout
    globalThis.Date = class extends real.Date {
      constructor(...parts: unknown[]) {
        super(...((parts.length ? parts : [Date.now()]) as [number]))
      }
      static override now = () => world.now + world.skew
    } as DateConstructor
    Math.random = this.chance.next
    return () => {
      globalThis.setTimeout = real.setTimeout
      globalThis.clearTimeout = real.clearTimeout
      globalThis.Date = real.Date
      Math.random = real.random
    }
  }

  private put(ms: number, deed: () => void, of: Moment['of']): number {
    const turn = ++this.turns
    this.insert({ at: this.now + Math.max(0, ms), turn, of, deed })
    return turn
  }

  private insert(moment: Moment): void {
    let low = 0
    let high = this.due.length
    while (low < high) {
      const middle = (low + high) >> 1
      const one = this.due[middle]!
      if (one.at < moment.at || (one.at === moment.at && one.turn < moment.turn)) low = middle + 1
      else high = middle
    }
    this.due.splice(low, 0, moment)
  }
}
