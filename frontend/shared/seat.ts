import { api } from './api'
import { Line, type Socket } from './line'
import { Link } from './link.svelte'
import { Outbox } from './outbox'
import type { Person } from './types'

/** Who sits at this screen, with everything that is live for them. */
export interface Seat {
  person: Person
  line: Line
  outbox: Outbox
  link: Link
  leave(): void
}

export async function takeSeat(person: Person): Promise<Seat> {
  const outbox = await Outbox.open(person.id)
  const line = new Line({ ticket: api.ticket, page: api.page, post: api.post, side: person.side, dial })
  const link = new Link(line)
  line.onfresh(() => void outbox.flushAll())
  outbox.connect(line)
  const leave = stayAwake(line, outbox)
  line.start()
  return { person, line, outbox, link, leave }
}

/** Signing out: nothing of this person stays on this computer. */
export async function leaveSeat(seat: Seat): Promise<void> {
  seat.leave()
  seat.line.stop()
  await seat.outbox.erase()
}

function dial(): Socket {
  const url = new URL('/api/v1/socket', location.href)
  url.protocol = url.protocol.replace('http', 'ws')
  return new WebSocket(url, 'shopbell.1') as unknown as Socket
}

const networkDoubt = 5_000

function stayAwake(line: Line, outbox: Outbox): () => void {
  const back = () => line.wake(networkDoubt)
  const seen = () => (document.visibilityState === 'visible' ? line.wake() : outbox.settle())
  const going = () => outbox.settle()
  addEventListener('online', back)
  addEventListener('pagehide', going)
  document.addEventListener('visibilitychange', seen)
  return () => {
    removeEventListener('online', back)
    removeEventListener('pagehide', going)
    document.removeEventListener('visibilitychange', seen)
  }
}
