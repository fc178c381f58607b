import { describe, expect, it } from 'vitest'
import { arrival, nearest, today, troubled } from './delivery'
import type { Eta, Order, Shipment } from './types'

const eta = (earliest: string, latest = earliest): Eta => ({ earliest, latest, zone: 'Asia/Shanghai' })
const parcel = (facts: Partial<Shipment>): Shipment =>
  ({ id: '1', eta: null, first_eta: null, delivered_at: null, events: [], ...facts }) as unknown as Shipment
const noon = Date.parse('2026-11-14T12:00:00Z')

describe('when a parcel comes', () => {
  it('reads the day in the zone of the place, not of the reader', () => {
    expect(today('Asia/Shanghai', Date.parse('2026-11-14T17:00:00Z'))).toBe('2026-11-15')
    expect(today('America/New_York', Date.parse('2026-11-14T03:00:00Z'))).toBe('2026-11-13')
  })

  it('shows the first promise only if it was moved', () => {
    expect(arrival(parcel({ eta: eta('2026-11-18'), first_eta: eta('2026-11-12') }), noon)).toMatchObject({ was: eta('2026-11-12'), late: true })
    expect(arrival(parcel({ eta: eta('2026-11-18'), first_eta: eta('2026-11-18') }), noon)).toMatchObject({ was: null, late: false })
  })

  it('is late on the day after the last one, unless it came', () => {
    const passed = { eta: eta('2026-11-11', '2026-11-13') }
    expect(arrival(parcel(passed), noon).late).toBe(true)
    expect(arrival(parcel({ ...passed, delivered_at: '2026-11-13T09:00:00Z' }), noon).late).toBe(false)
    expect(arrival(parcel({ eta: eta('2026-11-12', '2026-11-14') }), noon).late).toBe(false)
  })

  it('of several parcels tells about the late one', () => {
    const shipments = [parcel({ id: 'fine', eta: eta('2026-11-20') }), parcel({ id: 'late', eta: eta('2026-11-10') })]
    expect(nearest({ shipments } as unknown as Order, noon)?.shipment.id).toBe('late')
  })

  it('knows trouble when the carrier reports it', () => {
    expect(troubled('exception.held')).toBe(true)
    expect(troubled('in_transit.moving')).toBe(false)
  })
})
