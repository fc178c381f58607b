import { describe, expect, it } from 'vitest'
import type { Offered } from '../shared/types'
import { lacks } from './macros'
import { matching } from './matching'

const offered = (key: string, name: string, text = '') =>
  ({ macro: { body: { key, name } }, filled: { text, locale: 'en', gaps: [] } }) as unknown as Offered

describe('macros at the desk', () => {
  const all = [offered('late', 'Late parcel'), offered('ship', 'Where it is', 'On its way'), offered('return', 'How to return', 'We ship a label')]
  const keys = (wanted: string) => matching(all, wanted).map((one) => one.macro.body.key)

  it('are all there until somebody types', () => expect(keys(' ')).toEqual(['late', 'ship', 'return']))
  it('stand first by their key, then by their words', () => expect(keys('/SHIP')).toEqual(['ship', 'return']))
  it('have all the words, in any order', () => expect(keys('label ship')).toEqual(['return']))
  it('are none where nothing has them', () => expect(keys('warranty')).toEqual([]))

  it('know what is still missing', () => {
    expect(lacks('Order ⟦order number⟧ is on its way')).toBe(true)
    expect(lacks('Order ⟦ or ⟧')).toBe(true)
    expect(lacks('Order 1 is on its way')).toBe(false)
  })
})
