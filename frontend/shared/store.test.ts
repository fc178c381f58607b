import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { beforeEach, expect, test } from 'vitest'
import { openStore } from './store'

const letter = { cmid: 'a', stream: 'c.1.p', type: 'message', data: { text: 'secret' }, at: '2026-11-14T10:00:00Z', state: 'queued' as const }

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
})

test('erasing does not wait for another tab that has the same store open, and leaves nothing', async () => {
  const [here, there] = [await openStore('anna'), await openStore('anna')]
  await here.put(letter)
  await there.keep('c.1.p', 'half a wo')
  const late = new Promise((_, reject) => setTimeout(() => reject(new Error('it waits')), 500))
  await Promise.race([here.erase(), late])
  const next = await openStore('anna')
  expect([await next.of('c.1.p'), await next.drafts()]).toEqual([[], []])
})

test('a tab that has the store open does not stand in the way of its deletion', async () => {
  await openStore('anna')
  await new Promise((done, fail) => {
    const request = indexedDB.deleteDatabase('shopbell.anna')
    request.onsuccess = done
    request.onblocked = fail
  })
})
