import { expect, test } from 'vitest'
import { Attaching } from './attaching.svelte'
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

test('a file larger than the server takes is not sent at all', async () => {
  await expect(upload('1', file, () => {}, 3)).rejects.toMatchObject({ status: 413 })
})
