import { nearest, today } from '../shared/delivery'
import { fmt } from '../shared/fmt'
import { choose, t } from '../shared/i18n'
import type { Eta, Order } from '../shared/types'

/** The one fact about an order that matters now. */
export interface Headline {
  label: string
  date?: string
  was?: string
  why?: string
  late?: boolean
}

const dates = (eta: Eta) => (eta.earliest === eta.latest ? fmt.date(eta.latest) : fmt.range(eta.earliest, eta.latest))

export function headline(order: Order, now: number): Headline {
  const coming = nearest(order, now)
  const { state } = order
  if (state === 'cancelled' || state === 'returned') return { label: t(`buyer.fact_${state}`) }
  if (state === 'delivered') {
    const at = coming?.shipment.delivered_at
    return { label: t('buyer.fact_delivered'), ...(at ? { date: fmt.day(at) } : {}) }
  }
  if (coming && waitsAtPickup(coming.shipment.events)) return { label: t('buyer.fact_pickup') }
  if (!coming?.eta) return { label: t(`buyer.fact_${state}`) }
  const { eta, was, late, shipment } = coming
  return {
    label: t(today(eta.zone, now) > eta.latest ? 'buyer.fact_was_due' : was ? 'buyer.fact_new_date' : 'buyer.fact_arrives'),
    date: dates(eta),
    late,
    ...(was ? { was: dates(was) } : {}),
    ...(shipment.eta_reason ? { why: choose(shipment.eta_reason) } : {}),
  }
}

function waitsAtPickup(events: readonly { code: string; at: string }[]): boolean {
  const last = events.reduce<{ code: string; at: string } | null>((newest, one) => (newest && newest.at > one.at ? newest : one), null)
  return !!last?.code.startsWith('pickup.') && last.code !== 'pickup.missed'
}
