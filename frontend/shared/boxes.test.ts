import { describe, expect, test } from 'vitest'
import { byNews, fold, freshest, outdated } from './boxes'
import type { Conversation } from './types'

const row = (id: string, version: number | undefined, state = 'waiting_seller') =>
  ({ id, state, last: null, created_at: '2026-11-14T10:00:00Z', ...(version === undefined ? {} : { version }) }) as Conversation

describe('rows that overtook each other', () => {
  test('an older row does not replace a newer one', () => {
    const held = [row('a', 7)]
    expect(fold(held, row('a', 6, 'resolved'), false, byNews)).toEqual(held)
    expect(fold(held, row('a', 8, 'resolved'), false, byNews)).toEqual([])
  })

  test('a row without a version is taken as it comes', () => {
    expect(outdated(row('a', undefined), row('a', 7))).toBe(false)
    expect(outdated(row('a', 1), row('a', undefined))).toBe(false)
    expect(outdated(row('a', 1), undefined)).toBe(false)
  })

  test('a list that was asked for before a change does not undo the change', () => {
    const held = [row('a', 7, 'resolved')]
    expect(freshest([row('a', 6), row('b', 2)], held)).toEqual([row('a', 7, 'resolved'), row('b', 2)])
  })
})
