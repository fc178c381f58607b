import type { Said } from '../ledger'
import type { Thread } from '../thread.svelte'
import type { Participant } from '../types'
import { Device, type Tab } from './device'
import { Judge } from './judge'
import { Network } from './network'
import { notes, open, Server, talks } from './server'
import { Chance, World } from './world'

const mei: Participant = { id: 'mei', side: 'seller', name: 'Mei' }
const oleg: Participant = { id: 'oleg', side: 'seller', name: 'Oleg' }
const anna: Participant = { id: 'anna', side: 'buyer', name: 'Anna' }

const second = 1_000
const hour = 3_600 * second
/** Some times the longest pause of a client and a socket's silence; who is shown a failure tries again meanwhile. */
const healing = 200 * second

interface Told {
  written: number
  moments: number
  broken: string[]
}

/** One life of a device, told by its seed: what was written, and what went wrong, which should be nothing. */
export async function life(seed: number, length = 60): Promise<Told & { seed: number }> {
  const chance = new Chance(seed)
  const world = new World(chance, Date.parse('2026-11-14T10:00:00Z'))
  const end = world.reign()
  try {
    return { seed, ...(await new Life(world, chance).told(length)) }
  } finally {
    end()
  }
}

/** People write, and everything that can happen to a device, a line and a server happens to them. */
class Life {
  private readonly server: Server
  private readonly network: Network
  private readonly device: Device
  private readonly judge: Judge
  private readonly discarded = new Set<string>()
  private readonly retried = new Set<string>()
  private said = 0

  constructor(private readonly world: World, private readonly chance: Chance) {
    this.server = new Server(world, mei)
    this.network = new Network(world, this.server)
    this.device = new Device(world, this.network, mei)
    this.judge = new Judge(this.server, this.device, this.discarded, this.retried)
  }

  async told(length: number): Promise<Told> {
    for (let n = this.chance.int(0, 60); n > 0; n--) this.others()
    this.device.openTab()
    for (let n = 0; n < length; n++) {
      this.happens()
      await this.pass(this.chance.happens(0.7) ? this.chance.int(0, 400) : this.chance.int(400, 15_000))
      this.judge.now()
    }
    await this.heal()
    this.judge.end()
    return { written: this.device.written.length, moments: this.world.moments, broken: [...this.judge.broken] }
  }

  private pass(ms: number): Promise<void> {
    return this.world.run(this.world.now + ms)
  }

  private happens(): void {
    const deed = this.chance.weighed({ write: 12, others: 10, marks: 4, change: 5, act: 1, look: 3, screen: 5, failed: 2, line: 6, server: 4, tab: 4, disk: 2, sleep: 1, clock: 1 })
    const tab = this.device.living.length ? this.chance.of(this.device.living) : this.device.openTab()
    const thread = this.chance.of(tab.threads)
    switch (deed) {
      case 'write': return this.write(thread)
      case 'others': return this.others()
      case 'marks': return this.marks()
      case 'change': return this.change(tab)
      case 'act': return this.opened(tab, (one) => one.act('resolve'))
      case 'look': return this.opened(tab, (one) => one.look())
      case 'screen': return tab.opened.has(thread) ? tab.hide(thread) : tab.show(thread)
      case 'failed': return this.settleFailed(tab)
      case 'line': return this.line()
      case 'server': return this.trouble()
      case 'tab': return this.tab(tab)
      case 'disk': return void (this.device.disk.full = !this.device.disk.full)
      case 'sleep': return this.sleep()
      case 'clock': return void (this.world.skew = this.chance.of([0, -48 * hour, -hour, hour, 48 * hour]))
    }
  }

  private write(thread: Thread): void {
    for (let n = this.chance.int(1, 3); n > 0; n--) {
      const rude = this.chance.happens(0.07) ? 'rude' : ''
      void thread.say(`${rude}m${++this.said}`, { note: this.chance.happens(0.2) })
    }
  }

  /** Colleagues, buyers and the same person's telephone; some of them write under a key that is not theirs. */
  private others(): void {
    const talk = this.chance.of(talks)
    for (let n = this.chance.weighed({ few: 8, many: 1 }) === 'few' ? this.chance.int(1, 3) : this.chance.int(30, 90); n > 0; n--) {
      const actor = this.chance.of([anna, anna, oleg, mei])
      const stream = actor !== anna && this.chance.happens(0.2) ? notes(talk) : open(talk)
      const written = this.device.written
      const stolen = actor !== mei && written.length && this.chance.happens(0.3) ? this.chance.of(written).pending.cmid : undefined
      const mine = this.server.story.log(stream).filter((event) => event.type === 'message' && event.actor.id === actor.id)
      const edit = mine.length > 0 && this.chance.happens(0.15) ? { target: this.chance.of(mine).seq } : {}
      const type = 'target' in edit ? 'edit' : stream.endsWith('n') ? 'note' : 'message'
      try {
        this.server.store(stream, actor, { cmid: stolen ?? `other${++this.said}`, type, data: { text: `o${this.said}`, ...edit } } as never)
      } catch { /* the key was used by them before */ }
    }
  }

  private marks(): void {
    const stream = open(this.chance.of(talks))
    const seq = this.chance.int(0, this.server.story.log(stream).length)
    this.server.mark(stream, this.chance.of(['ack', 'read'] as const), 'buyer', seq)
  }

  private change(tab: Tab): void {
    this.opened(tab, (thread) => {
      const mine = thread.entries.filter((one): one is Said => one.kind === 'message' && thread.canRemove(one))
      if (!mine.length) return
      const one = this.chance.of(mine)
      if (this.chance.happens(0.2)) thread.remove(one)
      else thread.edit(one, `${this.chance.happens(0.3) ? 'rude' : ''}e${++this.said}`)
    })
  }

  private opened(tab: Tab, deed: (thread: Thread) => void): void {
    if (tab.opened.size) deed(this.chance.of([...tab.opened]))
  }

  private settleFailed(tab: Tab): void {
    this.opened(tab, (thread) => {
      for (const one of thread.entries) {
        if (one.kind === 'fact' || one.pending?.state !== 'failed') continue
        if (this.chance.happens(0.5)) {
          this.retried.add(one.pending.cmid)
          thread.retry(one)
        } else {
          this.discarded.add(one.pending.cmid)
          thread.discard(one)
        }
        return
      }
    })
  }

  private line(): void {
    const { network } = this
    switch (this.chance.weighed({ cut: 4, silence: 2, deaf: 2, lossy: 3, blocked: 2, well: 4 })) {
      case 'cut': return network.cut(false)
      case 'silence': return network.cut(true)
      case 'deaf': return network.deafen(true)
      case 'lossy': return void (network.lossy = true)
      case 'blocked':
        network.blocked = true
        return network.cut(this.chance.happens(0.5))
      case 'well': return this.goodLine()
    }
  }

  private goodLine(): void {
    Object.assign(this.network, { lossy: false, blocked: false })
    this.network.deafen(false)
    for (const tab of this.device.living) if (this.chance.happens(0.5)) tab.line.wake(5 * second)
  }

  private trouble(): void {
    switch (this.chance.weighed({ busy: 3, sloppy: 3, well: 3, backup: 2, restore: 2, drain: 1, slow: 1 })) {
      case 'busy': return void (this.server.busy = true)
      case 'sloppy': return void (this.server.sloppy = true)
      case 'well': return void Object.assign(this.server, { busy: false, sloppy: false })
      case 'backup': return this.server.backUp()
      case 'restore': return void this.server.restore()
      case 'drain': return this.server.drain()
      case 'slow': return this.server.hangUpAll(4010)
    }
  }

  private tab(tab: Tab): void {
    if (this.device.living.length < 2 || this.chance.happens(0.2)) return void this.device.openTab()
    tab.crash()
    if (this.chance.happens(0.5)) this.device.openTab()
  }

  private sleep(): void {
    const ms = this.chance.of([3 * second, 40 * second, hour, 26 * hour])
    const counted = this.chance.happens(0.5)
    if (this.world.now < this.napUntil) return
    this.world.sleep()
    this.world.later(ms, () => {
      this.world.wake(ms, counted)
      this.world.onDevice(0, () => this.device.living.forEach((tab) => tab.line.wake()))
    })
    this.napUntil = this.world.now + ms
  }

  private napUntil = 0

  private allIsWell(): void {
    this.device.disk.full = false
    Object.assign(this.server, { busy: false, sloppy: false })
    this.goodLine()
    if (!this.device.living.length) this.device.openTab()
  }

  /** What the next thing to happen would mend by chance is seen only where nothing more happens. */
  private async lastBlow(): Promise<void> {
    const blow = this.chance.weighed({ none: 2, restart: 1, standby: 1 })
    if (blow === 'none') return
    await this.pass(30 * second)
    if (blow === 'restart') await this.restart()
    else await this.standby()
  }

  /** A server comes back in trouble: who asks what has changed meanwhile asks in vain at first. */
  private async restart(): Promise<void> {
    this.server.hangUpAll(1006)
    this.server.busy = true
    if (this.chance.happens(0.5)) this.marks()
    else this.others()
    await this.pass(this.chance.int(1, 10) * second)
  }

  /** Another server takes over that has not heard of the last words, which were acknowledged and not yet passed on. */
  private async standby(): Promise<void> {
    this.server.backUp()
    this.server.sloppy = true
    for (const tab of this.device.living) this.opened(tab, (thread) => this.write(thread))
    await this.pass(this.chance.int(100, 3 * second))
    this.server.restore()
  }

  /** In the end all is well, every page is looked at, and after a while nothing may be missing. */
  private async heal(): Promise<void> {
    await this.pass(Math.max(0, this.napUntil - this.world.now))
    this.allIsWell()
    await this.lastBlow()
    this.allIsWell()
    for (let rest = healing; rest > 0; rest -= 50 * second) {
      for (const tab of this.device.living) for (const thread of tab.threads) tab.show(thread)
      await this.pass(50 * second)
    }
    this.judge.rows()
    for (const tab of this.device.living) for (const thread of tab.threads) thread.look()
    await this.pass(10 * second)
    this.judge.now()
  }
}
