import { expect, test, vi } from 'vitest'
import { lives } from './effort'
import { life } from './run'

vi.mock('../copy', () => ({ copy: async () => {} }))

/** One seed alone tells again what went wrong with it. */
const first = Number(process.env.SHOPBELL_TEST_SEED ?? 1)

test('whatever happens to a device, nothing written on it is lost, doubled or reordered, and it shows the truth', async () => {
  let words = 0
  for (let seed = first; seed < first + lives; seed++) {
    const { written, broken } = await life(seed)
    expect({ seed, broken }).toEqual({ seed, broken: [] })
    words += written
  }
  console.log(`${lives} lives, ${words} written`)
}, 3_600_000)

test('the same seed tells the same life', async () => {
  const [one, other] = [await life(first), await life(first)]
  expect(one).toEqual(other)
}, 600_000)
