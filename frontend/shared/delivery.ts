import type { Eta, Order, Shipment } from './types'

/** When a parcel comes, as calendar dates of the place it goes to. */
export interface Arrival {
  shipment: Shipment
  eta: Eta | null
  /** The first promise, if the date was moved away from it. */
  was: Eta | null
  late: boolean
}

/** Today's calendar date in a zone, written like an ETA: comparing strings compares days. */
export function today(zone: string, now = Date.now()): string {
  return new Intl.DateTimeFormat('sv-SE', { timeZone: zone }).format(now)
}

export function arrival(shipment: Shipment, now = Date.now()): Arrival {
  const { eta, first_eta: first } = shipment
  const was = eta && first && first.latest !== eta.latest ? first : null
  const moved = !!(was && eta && eta.latest > was.latest)
  const missed = !!eta && !shipment.delivered_at && today(eta.zone, now) > eta.latest
  return { shipment, eta, was, late: moved || missed }
}

/** The parcel of an order that a person cares about now: the late one, else one on its way, else the last. */
export function nearest(order: Order, now = Date.now()): Arrival | null {
  const all = order.shipments.map((shipment) => arrival(shipment, now))
  const open = all.filter((one) => !one.shipment.delivered_at)
  return open.find((one) => one.late) ?? open[0] ?? all.at(-1) ?? null
}

/** Where the parcel was seen, in the order it happened, whatever order the carrier told it in. */
export const journey = (shipment: Shipment) => [...shipment.events].sort((a, b) => a.at.localeCompare(b.at))

const TROUBLE = ['exception', 'attempt_failed', 'lost', 'returning', 'returned', 'expired']

export const troubled = (code: string): boolean =>
  TROUBLE.includes(code.split('.')[0] ?? '') || code === 'customs.held' || code === 'in_transit.delayed'
