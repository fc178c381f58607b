import { vi } from 'vitest'
import { api } from '../api'
import { inBox } from '../boxes'
import { Inbox } from '../inbox.svelte'
import type { Follower } from '../feed'
import { Line } from '../line'
import { Outbox, type Locks, type News, type Wire } from '../outbox'
import type { Seat } from '../seat'
import type { Pending, Store } from '../store'
import { Thread } from '../thread.svelte'
import type { Event, Participant } from '../types'
import type { Network } from './network'
import { talks } from './server'
import type { World } from './world'

/** What all pages of one browser share: a disk, locks, and a way to call each other. */
export class Device {
  readonly disk: Disk
  readonly locks: Turns
  readonly tabs: Tab[] = []
  readonly written: Written[] = []
  /** What was said to be kept, on a disk that had room for it, and is not there. */
  readonly unkept: string[] = []
  private deeds = 0
  private pages = new Set<Call>()

  constructor(readonly world: World, readonly network: Network, readonly person: Participant) {
    this.disk = new Disk(world)
    this.locks = new Turns(world)
    const { server } = network
    vi.spyOn(api, 'page').mockImplementation((stream, slice = {}) => network.request(() => server.page(stream, slice as { after?: number })))
    vi.spyOn(api, 'conversation').mockImplementation((talk) => network.request(() => server.row(talk)))
    vi.spyOn(api, 'conversations').mockImplementation(() => network.request(() => ({ items: server.rows(), next: null })))
  }

  call(): Call {
    const call: Call = {
      onmessage: null,
      postMessage: (news) => {
        for (const other of this.pages) if (other !== call) this.world.onDevice(1, () => other.onmessage?.({ data: structuredClone(news) }))
      },
      close: () => void this.pages.delete(call),
    }
    this.pages.add(call)
    return call
  }

  openTab(): Tab {
    const tab = new Tab(this, this.tabs.length)
    this.tabs.push(tab)
    return tab
  }

  wrote(tab: Tab, pending: Pending): void {
    const one: Written = { tab, pending, written: ++this.deeds, kept: undefined, meant: tab.keyOf(pending) }
    this.written.push(one)
    const { refused } = this.disk
    void tab.outbox.kept(pending).then(() => {
      if (this.disk.letters.has(pending.cmid)) one.kept = ++this.deeds
      else if (tab.alive && this.disk.refused === refused) this.unkept.push(pending.cmid)
    })
  }

  get living(): Tab[] {
    return this.tabs.filter((tab) => tab.alive)
  }
}

type Call = Wire

/** A disk that takes its time, may be full, and on which a crash may or may not have left the last words. */
export class Disk {
  full = false
  refused = 0
  readonly letters = new Map<string, Pending>()
  private free = 0

  constructor(private readonly world: World) {}

  of(tab: { alive: boolean }): Store {
    const does = <T>(work: () => T) => this.does(tab, work)
    return {
      put: (pending) => {
        const copy = structuredClone(pending)
        return does(() => {
          if (this.full) throw this.refusal()
          this.letters.set(copy.cmid, copy)
        })
      },
      remove: (cmid) => does(() => {
        if (this.full && this.world.chance.happens(0.5)) throw this.refusal()
        this.letters.delete(cmid)
      }),
      of: (stream) => does(() => [...this.letters.values()].filter((one) => one.stream === stream).map((one) => structuredClone(one))),
      streams: () => does(() => [...new Set([...this.letters.values()].map((one) => one.stream))]),
      draft: async () => '',
      drafts: async () => [],
      keep: async () => {},
      erase: async () => {},
    }
  }

  private refusal(): Error {
    this.refused++
    return new DOMException('full', 'QuotaExceededError')
  }

  /** One after the other, as they were asked for. A page that died has no answer; its wish may still be done. */
  private does<T>(tab: { alive: boolean }, work: () => T): Promise<T> {
    this.free = Math.max(this.free + 0.01, this.world.now + this.world.chance.int(0, 8))
    return new Promise((done, fail) => {
      this.world.onDevice(this.free - this.world.now, () => {
        if (!tab.alive && this.world.chance.happens(0.5)) return
        try {
          const result = work()
          if (tab.alive) done(result)
        } catch (trouble) {
          if (tab.alive) fail(trouble as Error)
        }
      })
    })
  }
}

/** Web Locks: a page that dies lets go. */
class Turns {
  private waiting = new Map<string, { tab: { alive: boolean }; go: () => Promise<void> }[]>()
  private holders = new Map<string, { alive: boolean }>()

  constructor(private readonly world: World) {}

  of(tab: { alive: boolean }): Locks {
    return {
      request: (name, work) => new Promise((done, fail) => {
        const go = () => work().then(done, fail)
        this.waiting.set(name, [...(this.waiting.get(name) ?? []), { tab, go }])
        this.next(name)
      }),
    }
  }

  died(tab: { alive: boolean }): void {
    for (const [name, holder] of this.holders) {
      if (holder !== tab) continue
      this.holders.delete(name)
      this.next(name)
    }
  }

  private next(name: string): void {
    if (this.holders.has(name)) return
    const next = this.waiting.get(name)?.shift()
    if (!next) return
    if (!next.tab.alive) return this.next(name)
    this.holders.set(name, next.tab)
    this.world.onDevice(0, () => {
      if (!next.tab.alive) return
      void next.go().finally(() => {
        if (!next.tab.alive) return
        this.holders.delete(name)
        this.next(name)
      })
    })
  }
}

/** Something a person wrote, and what is known of its way. */
export interface Written {
  tab: Tab
  pending: Pending
  /** The turn of the run when it was on the disk; never if the disk was full. */
  kept: number | undefined
  written: number
  /** The key of the message that a change is meant for. */
  meant: string | undefined
}

/** One page of the product as it is: line, outbox, list and threads; only the walls around it are the model's. */
export class Tab {
  alive = true
  readonly line: Line
  readonly outbox: Outbox
  readonly inbox = new Inbox(inBox(() => 'all'))
  readonly threads: Thread[]
  readonly opened = new Set<Thread>()
  readonly news: News[] = []
  /** What broke the rule that events come once each, in order and without holes. */
  readonly jumps: string[] = []
  private readonly call: Call

  constructor(readonly device: Device, readonly number: number) {
    const { network, person } = device
    const { server } = network
    this.line = new Line({
      ticket: () => network.request(() => server.ticket()),
      page: (stream, slice) => api.page(stream, slice),
      post: (stream, event) => network.request(() => server.post(stream, event)),
      news: (cursor) => network.request(() => server.news(cursor, 20_000)),
      dial: () => network.dial(),
      side: 'seller',
    })
    this.call = device.call()
    this.outbox = new Outbox(device.disk.of(this), device.locks.of(this), this.call)
    const write = this.outbox.write.bind(this.outbox)
    this.outbox.write = (...words) => {
      const pending = write(...words)
      device.wrote(this, pending)
      return pending
    }
    this.outbox.watch((news) => this.news.push(news))
    this.line.onfresh((anew) => {
      void this.outbox.flushAll()
      void this.inbox.reload(anew)
    })
    this.line.watch((row) => this.inbox.take(row))
    this.outbox.connect(this.line)
    const follow = this.line.follow.bind(this.line)
    this.line.follow = (stream, follower, from) => follow(stream, this.watched(stream, follower, from.applied), from)
    const drafts = { of: async () => '', keep() {}, newer: async () => undefined, take() {} }
    const seat = { person, line: this.line, outbox: this.outbox, drafts } as unknown as Seat
    this.threads = talks.map((talk) => new Thread(seat, server.story.row(talk), { notes: true }))
    this.line.start()
    void this.inbox.reload()
  }

  show(thread: Thread): void {
    this.opened.add(thread)
    void thread.open()
  }

  hide(thread: Thread): void {
    this.opened.delete(thread)
    thread.close()
  }

  /** Closed without a word: nothing of it goes on, what it asked for may still happen. */
  crash(): void {
    this.alive = false
    for (const thread of this.threads) thread.close()
    this.line.stop()
    this.outbox.leave()
    this.device.locks.died(this)
  }

  keyOf({ stream, data: { target } }: Pending): string | undefined {
    if (target === undefined) return undefined
    return this.threads.find((one) => one.stream === stream)!.entries.find((one) => one.kind === 'message' && one.seq === target)!.key
  }

  private watched(stream: string, follower: Follower, applied: number): Follower {
    let last = applied
    return {
      ...follower,
      event: (event: Event) => {
        if (event.seq !== last + 1) this.jumps.push(`${stream}: ${event.seq} after ${last}`)
        last = event.seq
        follower.event(event)
      },
      reset: (page) => {
        last = page.events.at(-1)?.seq ?? 0
        follower.reset(page)
      },
    }
  }
}
