import { expect, test, vi } from 'vitest'
import { api } from '../shared/api'
import type { Case } from '../shared/types'
import { Casework } from './casework.svelte'

vi.mock('../shared/case/late', () => ({ caseWords: () => Promise.resolve() }))

/** The server with one case, as it is now. */
function serving(first: Case) {
  let now = first
  vi.spyOn(api, 'cases').mockImplementation(() => Promise.resolve({ items: [now], next: null }))
  vi.spyOn(api, 'case').mockImplementation(() => Promise.resolve(now))
  return (next: Partial<Case>) => (now = { ...now, ...next })
}

test('a case that ends while its form lies open stays until the form is left', async () => {
  const found = { id: 'c', version: 1, closed_at: null } as Case
  const becomes = serving(found)
  const casework = new Casework('talk')
  await casework.load()
  casework.hold(found)
  const ended = becomes({ version: 2, closed_at: '2026-11-14T10:00:00Z' })
  await casework.load()
  expect([casework.open, casework.closed]).toEqual([[ended], []])
  casework.release(ended)
  await vi.waitFor(() => expect([casework.open, casework.closed]).toEqual([[], [ended]]))
})

test('a case that ends at which nobody writes goes at once', async () => {
  const becomes = serving({ id: 'c', version: 1, closed_at: null } as Case)
  const casework = new Casework('talk')
  await casework.load()
  const ended = becomes({ version: 2, closed_at: '2026-11-14T10:00:00Z' })
  await casework.load()
  expect([casework.open, casework.closed]).toEqual([[], [ended]])
})
