import { expect, test } from 'vitest'
import { once } from './guided'

test('a second click sends nothing, a new attempt after an aborted one does', () => {
  const first = once()
  expect([first(0), first(300), first(1_900)]).toEqual([true, false, false])
  expect([first(2_100), first(2_200)]).toEqual([true, false])
})
