import { describe, expect, it } from 'vitest'
import { belongs, fold } from '../shared/boxes'
import { orderOf } from './lens'
import type { Conversation } from '../shared/types'
import { nextAfter } from './order'

const byDue = orderOf(undefined)

const row = (id: string, facts: Partial<Conversation> = {}): Conversation =>
  ({ id, state: 'waiting_seller', due: null, last: null, created_at: '2026-11-14T10:00:00Z', ...facts }) as Conversation
const due = (at: string) => ({ due: { at, from: '2026-11-14T09:00:00Z' } }) as Partial<Conversation>
const said = (at: string) => ({ last: { at, side: 'buyer', text: '' } }) as Partial<Conversation>

describe('the list', () => {
  it('puts the due first, the most urgent on top, then the newest', () => {
    const rows = [row('old', said('2026-11-14T08:00:00Z')), row('new', said('2026-11-14T11:00:00Z')), row('soon', due('2026-11-14T12:00:00Z')), row('late', due('2026-11-14T09:30:00Z'))]
    expect(rows.sort(byDue).map((one) => one.id)).toEqual(['late', 'soon', 'new', 'old'])
  })

  it('drops a row that left its box and takes one that came in', () => {
    const rows = [row('a')]
    expect(fold(rows, row('a', { state: 'resolved' }), false, byDue)).toEqual([])
    expect(fold(rows, row('b'), true, byDue)).toHaveLength(2)
    expect(fold(rows, row('a', { state: 'resolved' }), true, byDue)).toHaveLength(1)
  })

  it('never shows a conversation in which nothing was said', () => {
    expect(belongs(row('a', { state: 'new' }), 'all')).toBe(false)
  })

  it('goes on to the most urgent, else to the neighbour', () => {
    const rows = [row('a', due('2026-11-14T12:00:00Z')), row('b'), row('c')]
    expect(nextAfter(rows, 'c')?.id).toBe('a')
    expect(nextAfter([row('a'), row('b'), row('c')], 'b')?.id).toBe('c')
    expect(nextAfter([row('a'), row('b')], 'b')?.id).toBe('a')
    expect(nextAfter([row('a')], 'a')).toBeUndefined()
  })
})
