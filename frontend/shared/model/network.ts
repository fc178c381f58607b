import type { Down, Up } from '../frames'
import type { Socket } from '../line'
import { offline } from '../problem'
import type { Server, Session } from './server'
import type { World } from './world'

const deadline = 30_000

/** The way between the device and the server, with its moods. */
export class Network {
  private deaf = false
  /** Requests and answers get lost, late or doubled. */
  lossy = false
  /** A proxy that lets no socket through. */
  blocked = false
  private sockets = new Set<Channel>()

  constructor(private readonly world: World, readonly server: Server) {}

  /** A request and its answer; what was asked may have been done although no answer came. */
  request<T>(work: () => T | Promise<T>): Promise<T> {
    return new Promise((done, fail) => {
      this.world.onDevice(deadline, () => fail(offline()))
      const answer = (give: () => void) => {
        if (!this.loses()) this.world.later(this.way(), () => !this.deaf && this.world.onDevice(0, give))
        else if (this.lossy && this.world.chance.happens(0.5)) this.world.onDevice(this.way(), () => fail(offline()))
      }
      const arrive = () => {
        if (this.deaf) return
        const worked = new Promise<T>((give) => give(work()))
        worked.then((result) => answer(() => done(result)), (trouble: unknown) => answer(() => fail(trouble as Error)))
      }
      if (this.loses()) return
      this.world.later(this.way(), arrive)
      if (this.lossy && this.world.chance.happens(0.1)) this.world.later(this.way() + 1_000, arrive)
    })
  }

  dial(): Socket {
    const channel = new Channel(this.world, this)
    this.sockets.add(channel)
    return channel
  }

  /** All sockets break, perhaps without a word to either side. */
  cut(silently: boolean): void {
    for (const one of [...this.sockets]) one.cut(silently)
  }

  /** Nothing gets through, and nobody is told. */
  deafen(deaf: boolean): void {
    this.deaf = deaf
    if (deaf) this.cut(true)
  }

  get isDeaf(): boolean {
    return this.deaf
  }

  forget(channel: Channel): void {
    this.sockets.delete(channel)
  }

  private loses(): boolean {
    return this.deaf || (this.lossy && this.world.chance.happens(0.2))
  }

  private way(): number {
    return this.lossy && this.world.chance.happens(0.1) ? this.world.chance.int(500, 20_000) : this.world.chance.int(1, 60)
  }
}

/** One socket between the device and the server. Frames keep their order; the whole may break anywhere. */
class Channel implements Socket {
  onopen: (() => void) | null = null
  onmessage: ((message: { data: string }) => void) | null = null
  onclose: ((close: { code: number }) => void) | null = null
  private session: Session | undefined
  private broken = false
  private last = { up: { sent: 0, at: 0 }, down: { sent: 0, at: 0 } }

  constructor(private readonly world: World, private readonly network: Network) {
    if (network.isDeaf) return
    if (network.blocked) this.travel('down', () => this.onclose?.({ code: 1006 }))
    else this.travel('up', () => this.arrive())
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Up
    this.travel('up', () => this.session?.hear(frame))
  }

  close(): void {
    this.travel('up', () => this.session?.end(1000))
  }

  cut(silently: boolean): void {
    if (this.broken) return
    this.broken = true
    this.network.forget(this)
    if (silently) return
    this.world.later(0, () => this.session?.end(1006))
    this.world.onDevice(0, () => this.onclose?.({ code: 1006 }))
  }

  private arrive(): void {
    this.session = this.network.server.accept({ say: (frame) => this.say(frame), end: (code) => this.end(code) })
    this.travel('down', () => this.onopen?.())
  }

  private say(frame: Down): void {
    const data = JSON.stringify(frame)
    this.travel('down', () => this.onmessage?.({ data }))
  }

  private end(code: number): void {
    this.travel('down', () => this.onclose?.({ code }))
    this.network.forget(this)
  }

  /** What is sent in one moment travels together. */
  private travel(way: 'up' | 'down', arrive: () => void): void {
    if (this.broken || this.network.isDeaf) return
    const { now, chance } = this.world
    const { sent, at: before } = this.last[way]
    const at = sent === now ? before : Math.max(before, now + chance.int(1, 40))
    const here = () => !this.broken && arrive()
    this.last[way] = { sent: now, at }
    if (way === 'up') this.world.later(at - now, here)
    else this.world.later(at - now, () => this.world.onDevice(0, here))
  }
}
