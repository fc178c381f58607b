import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Later } from './later'

describe('what can still be undone', () => {
  beforeEach(() => void vi.useFakeTimers())

  it('happens when its time is up', () => {
    const act = vi.fn()
    new Later(6000).put('a', act)
    vi.advanceTimersByTime(5999)
    expect(act).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(act).toHaveBeenCalledOnce()
  })

  it('does not happen when it is taken back, and cannot be taken back afterwards', () => {
    const later = new Later()
    const act = vi.fn()
    later.put('a', act)
    expect(later.undo('a')).toBe(true)
    vi.runAllTimers()
    expect(act).not.toHaveBeenCalled()
    expect(later.undo('a')).toBe(false)
  })

  it('happens at once, and once, when the page is left', () => {
    const later = new Later()
    const acts = [vi.fn(), vi.fn()]
    acts.forEach((act, i) => later.put(String(i), act))
    later.flush()
    vi.runAllTimers()
    for (const act of acts) expect(act).toHaveBeenCalledOnce()
  })
})
