import { afterAll, afterEach, expect, test, vi } from 'vitest'
import { Feed } from '../feed'
import { newId } from '../ids'
import { Inbox } from '../inbox.svelte'
import { Insist } from '../insist'
import { Ledger } from '../ledger'
import { Line } from '../line'
import { Marker } from '../marker'
import { Outbox } from '../outbox'
import { Thread } from '../thread.svelte'
import { thorough } from './effort'
import { life } from './run'

vi.mock('../copy', () => ({ copy: async () => {} }))

/** A deed of the product, private ones too, reached from outside to be done badly. */
type Deed = (this: any, ...given: any[]) => any

const most = 500
const planted: (() => void)[] = []

function plant(kind: { prototype: object }, name: string, bad: (good: Deed) => Deed): void {
  const deeds = kind.prototype as Record<string, Deed>
  const good = deeds[name]
  if (!good) throw new Error(`${name} is no deed any more: plant this bug elsewhere`)
  deeds[name] = bad(good)
  planted.push(() => (deeds[name] = good))
}

afterEach(() => {
  for (const undo of planted.splice(0)) undo()
})

/** Found within the first lives. */
const plain: Record<string, () => void> = {
  'events are shown as often as they come': () => plant(Feed, 'take', () => function (event) {
    this.applied = Math.max(this.applied, event.seq)
    this.follower.event(event)
  }),
  'holes are skipped': () => plant(Feed, 'take', (take) => function (event) {
    if (event.seq > this.applied) this.applied = event.seq - 1
    take.call(this, event)
  }),
  'each try goes under a new key': () => plant(Line, 'send', (send) => function (stream, _, ...letter) {
    return send.call(this, stream, newId(), ...letter)
  }),
  'two of one conversation are sent at once': () => {
    plant(Line, 'send', () => function (stream, cmid, type, data) {
      return this.deliver({ t: 'send', stream, cmid, type, data })
    })
    plant(Outbox, 'flush', () => async function (stream) {
      for (const one of await this.letters(stream)) if (this.sender && one.state === 'queued') void this.attempt(one)
    })
  },
  'words are let go of before they are acknowledged': () => plant(Outbox, 'attempt', (attempt) => async function (pending) {
    await this.forget(pending.cmid)
    return attempt.call(this, pending)
  }),
  'words are only in memory': () => plant(Outbox, 'keep', () => async function (pending) {
    this.held.set(pending.cmid, pending)
  }),
  'what a closed tab left is forgotten': () => plant(Outbox, 'flushAll', () => async () => {}),
  'a full disk loses words': () => plant(Outbox, 'keep', () => async function (pending) {
    await this.store.put(pending).catch(() => {})
  }),
  'the key of another is taken for ours': () => plant(Ledger, 'own', () => ({ cmid }) => cmid),
  'a change waits for ever': () => plant(Thread, 'settle', () => () => {}),
}

/** It takes some more until these do harm. */
const subtle: Record<string, () => void> = {
  'holes are not fetched': () => plant(Feed, 'later', () => () => {}),
  'another story keeps the copy': () => plant(Feed, 'restart', () => () => {}),
  'silence is taken for a line': () => plant(Line, 'expect', () => () => {}),
  'a subscription refused in trouble is forgotten': () => plant(Line, 'refused', (refused) => function (frame) {
    if (frame.cmid) refused.call(this, frame)
  }),
  'words for which the disk has room overtake those it refused': () => plant(Outbox, 'keep', () => async function (pending) {
    this.held.set(pending.cmid, pending)
    await this.store.put(pending).then(() => this.held.delete(pending.cmid), () => {})
  }),
  'receipts for another story block those for this one': () => {
    for (const name of ['clear', 'forget']) plant(Marker, name, () => () => {})
  },
  'words acknowledged in another story stay': () => plant(Thread, 'forsake', () => () => {}),
  'a change finds another message in another story': () => plant(Thread, 'change', () => function ({ seq }, type, data = {}) {
    if (seq !== undefined) this.place(this.seat.outbox.write(this.stream, type, { target: seq, ...data }))
  }),
  'ticks of another story stay': () => plant(Thread, 'beginAnew', (begin) => function (...given) {
    const { reads, delivered } = this
    begin.apply(this, given)
    this.marked(reads, delivered)
  }),
  'rows of another story count as newer': () => {
    plant(Thread, 'catchUp', () => function () {
      void this.row.now()
    })
  },
  'a list keeps the rows of another story': () => plant(Inbox, 'reload', (reload) => function () {
    return reload.call(this, false)
  }),
  'what failed is not asked again': () => plant(Insist, 'wait', () => () => 1e12),
}

const sought = Object.entries(thorough ? { ...plain, ...subtle } : plain)
/** The first lives that met them. */
const found: number[] = []

test.each(sought)('found: %s', async (_, bug) => {
  bug()
  for (let seed = 1; seed <= most; seed++) if ((await life(seed)).broken.length) return void found.push(seed)
  expect.fail(`not found in ${most} lives`)
}, 3_600_000)

afterAll(() => console.log(`${found.length} bugs found of ${sought.length}, in the lives ${found.join(' ')}`))
