import { describe, expect, it } from 'vitest'
import { wick } from './wick'

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 14, 10, minutes)).toISOString()
const due = { from: at(0), at: at(60) }
const now = (minutes: number) => Date.parse(at(minutes))

describe('the wick', () => {
  it('burns down with the share of the promise that is left', () => {
    expect(wick(due, now(0))).toMatchObject({ share: 1, tone: 'brand' })
    expect(wick(due, now(30))).toMatchObject({ share: 0.5, tone: 'brand' })
  })

  it('turns to brass below 35 % and to cinnabar when the promise is broken', () => {
    expect(wick(due, now(40)).tone).toBe('brass')
    expect(wick(due, now(61))).toMatchObject({ share: 1, tone: 'red', left: -60_000 })
  })

  it('is not lit when nothing was promised', () => {
    expect(wick(null, now(0))).toEqual({ share: 0, left: 0, tone: 'idle' })
  })

  it('is whole when the clock of this computer runs behind', () => {
    expect(wick(due, now(-20)).share).toBe(1)
  })
})
