import { api } from './api'
import { announceDeparture, onDeparture } from './departure'
import { Drafts } from './drafts'
import { Line, type Socket } from './line'
import { Link } from './link.svelte'
import { nobody, Outbox } from './outbox'
import type { Person } from './types'

/** Who sits at this screen, with everything that is live for them. */
export interface Seat {
  person: Person
  line: Line
  outbox: Outbox
  drafts: Drafts
  link: Link
  leave(): void
}

const toSignIn = () => location.assign('/sign-in')

interface Arrival {
  /** Where this person wrote before they signed in. */
  visitor?: Promise<Outbox>
  /** They signed out in another tab. */
  departed?: () => void
}

export async function takeSeat(person: Person, { visitor, departed = toSignIn }: Arrival = {}): Promise<Seat> {
  const outbox = await Outbox.open(person.id)
  await outbox.takeOver(await (visitor ?? Outbox.open(nobody))).catch(() => {})
  const line = new Line({ ticket: api.ticket, page: api.page, post: api.post, news: api.news, side: person.side, dial })
  const link = new Link(line)
  const drafts = new Drafts(outbox, api)
  line.onfresh(() => {
    void outbox.flushAll()
    drafts.bringAll()
  })
  outbox.connect(line)
  const ends = [stayAwake(line, () => [outbox, drafts].forEach((one) => one.settle())), onDeparture(person.id, () => {
    getUp(seat)
    departed()
  })]
  const seat: Seat = { person, line, outbox, drafts, link, leave: () => ends.forEach((end) => end()) }
  line.start()
  return seat
}

/**
 * Signing out: what was being written is brought to the server while it still knows them; then nothing of this person
 * stays on this computer, in no tab. A slow line or disk does not hold them up.
 */
export async function leaveSeat(seat: Seat, signOut: () => Promise<void> = api.signOut): Promise<void> {
  await Promise.race([seat.drafts.settle(), pause(500)])
  await signOut()
  getUp(seat)
  announceDeparture(seat.person.id)
  const visitor = Outbox.open(nobody).then((outbox) => outbox.erase())
  await Promise.race([Promise.all([seat.outbox.erase(), visitor]), pause(500)])
}

function getUp(seat: Seat): void {
  seat.leave()
  seat.line.stop()
  seat.drafts.leave()
  seat.outbox.leave()
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

function dial(): Socket {
  const url = new URL('/api/v1/socket', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  return new WebSocket(url, 'shopbell.1') as unknown as Socket
}

const networkDoubt = 5_000

function stayAwake(line: Line, going: () => void): () => void {
  const back = () => line.wake(networkDoubt)
  const seen = () => (document.visibilityState === 'visible' ? line.wake() : going())
  addEventListener('online', back)
  addEventListener('pagehide', going)
  document.addEventListener('visibilitychange', seen)
  return () => {
    removeEventListener('online', back)
    removeEventListener('pagehide', going)
    document.removeEventListener('visibilitychange', seen)
  }
}
