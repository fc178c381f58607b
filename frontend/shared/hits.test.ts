import { describe, expect, it } from 'vitest'
import { pieces } from './hits'

describe('what was found', () => {
  it('is shown with what was looked for', () => {
    expect(pieces({ excerpt: 'a kettle leaks', marks: [[2, 8]] })).toEqual([['a ', false], ['kettle', true], [' leaks', false]])
  })
  it('is marked at the right letters behind an emoji', () => {
    expect(pieces({ excerpt: '👍 退货', marks: [[2, 4]] })).toEqual([['👍 ', false], ['退货', true]])
  })
  it('may have no mark at all', () => {
    expect(pieces({ excerpt: 'lamp', marks: [] })).toEqual([['lamp', false]])
  })
})
