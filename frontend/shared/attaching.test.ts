import { expect, test, vi } from 'vitest'
import { Attaching } from './attaching.svelte'
import { offline } from './problem'
import type { Attachment } from './types'
import { upload } from './upload'

const file = new File(['lamp'], 'lamp.txt')
const attach = async () => ({ id: 'f1', name: 'lamp.txt' }) as Attachment

test('files chosen for one thread do not go into the next one', async () => {
  const [anna, boris] = [{}, {}]
  const attaching = new Attaching()
  attaching.belongTo(anna)
  attaching.add([file], attach)
  attaching.belongTo(anna)
  expect(attaching.enclosures).toHaveLength(1)
  attaching.belongTo(boris)
  expect(attaching.take()).toEqual([])
})

test('a file in trouble stays when the others go with the message, and goes when it is tried again', async () => {
  const attaching = new Attaching()
  attaching.add([file], async () => { throw offline() })
  attaching.add([file], attach)
  await vi.waitFor(() => expect(attaching.busy).toBe(false))
  expect(attaching.take().map((one) => one.id)).toEqual(['f1'])
  expect(attaching.enclosures.map((one) => Boolean(one.trouble))).toEqual([true])
  await attaching.send(attaching.enclosures[0]!, attach)
  expect([attaching.take().length, attaching.enclosures.length]).toEqual([1, 0])
})

test('a file larger than the server takes is not sent at all', async () => {
  await expect(upload('1', file, () => {}, 3)).rejects.toMatchObject({ status: 413 })
})
