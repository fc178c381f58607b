import { describe, expect, it } from 'vitest'
import type { Entry, Fact } from '../shared/thread.svelte'
import { joinOf } from './joining'

const at = '2026-11-14T10:00:00Z'
const hours = (n: number) => Date.parse(at) + n * 3_600_000
const line = (type: string, join = 'j1') => ({ kind: 'fact', type, at, data: { join } }) as unknown as Fact

describe('a line about a merge or a split', () => {
  it('can be taken back for a day', () => {
    for (const type of ['merged_into', 'merged_from', 'split_into', 'split_from']) expect(joinOf(line(type), [], hours(23))).toBe('j1')
    expect(joinOf(line('merged_from'), [], hours(24))).toBeUndefined()
  })

  it('cannot once it was, nor where it tells of something else', () => {
    const entries: Entry[] = [line('merged_from'), line('join_undone')]
    expect(joinOf(line('merged_from'), entries, hours(1))).toBeUndefined()
    expect(joinOf(line('merged_from', 'j2'), entries, hours(1))).toBe('j2')
    expect(joinOf(line('join_undone'), [], hours(1))).toBeUndefined()
  })
})
