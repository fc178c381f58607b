import { expect, test, vi } from 'vitest'
import { announceDeparture, onDeparture } from './departure'

test('the other tabs of the one who leaves notice; those of another person do not', async () => {
  const [anna, boris] = [vi.fn(), vi.fn()]
  const ends = [onDeparture('anna', anna), onDeparture('boris', boris)]
  announceDeparture('anna')
  await vi.waitFor(() => expect(anna).toHaveBeenCalledOnce())
  expect(boris).not.toHaveBeenCalled()
  for (const end of ends) end()
})
