import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { api } from '../shared/api'
import { Outbox } from '../shared/outbox'
import { offline } from '../shared/problem'
import * as seats from '../shared/seat'
import { openStore } from '../shared/store'
import type { Conversation, Person, Shop } from '../shared/types'
import { Visit } from './visit.svelte'

vi.mock('../shared/boot', () => ({ boot: { lang: 'en' } }))

const anna = { id: 'anna', side: 'buyer', name: 'Anna' } as Person
const shop = { id: 's', slug: 'oak', name: 'Oak' } as Shop
const running = { last: {}, head: 1 } as Partial<Conversation>
const talk = {
  id: '1', shop, subject: { kind: 'shop', id: 's' }, state: 'new', waiting_on: 'seller', head: 0, notes_head: 0, reads: {}, delivered: {}, last: null,
} as unknown as Conversation
const words = 'Is it oak?'
/** A part of the page may take its time on a busy machine. */
const patiently = { timeout: 4_500 }

/** The composer of the start page: it hands over what was written and clears its field. */
function send(visit: Visit) {
  visit.say(words)
  visit.keepDraft('')
}

/** What a page opened anew finds. */
const draftOf = async (person: string) => (await openStore(person)).draft('new.shop.s')
const said = async () => (await (await openStore('anna')).of('c.1.p')).map((one) => one.data.text)
const moment = () => new Promise((done) => setTimeout(done, 350))

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  for (const name of ['addEventListener', 'removeEventListener']) vi.stubGlobal(name, () => {})
  vi.stubGlobal('document', { addEventListener: () => {}, removeEventListener: () => {} })
  vi.spyOn(api, 'shop').mockResolvedValue(shop)
  vi.spyOn(api, 'conversations').mockResolvedValue({ items: [], next: null })
  vi.spyOn(api, 'ticket').mockRejectedValue(offline())
  vi.spyOn(api, 'begin').mockResolvedValue(talk)
})
afterEach(() => void vi.unstubAllGlobals())

describe('the first words', () => {
  test('survive the way to the sign-in, and are said after it, once', async () => {
    const visit = new Visit()
    await visit.ask({ shop: 'oak' })
    send(visit)
    await moment()
    expect([visit.view, await draftOf('visitor')]).toEqual(['sign', words])
    await visit.signedIn(anna)
    await vi.waitFor(async () => expect(await said()).toEqual([words]), patiently)
    await moment()
    expect([await draftOf('visitor'), await draftOf('anna')]).toEqual(['', ''])
    expect(await (await Outbox.open('anna')).draft('c.1.p')).toBe('')
    visit.seat?.line.stop()
  })

  test('stay a draft until the conversation has them', async () => {
    const visit = new Visit()
    await visit.ask({ shop: 'oak' })
    await visit.signedIn(anna)
    let answer = (_: Conversation) => {}
    vi.mocked(api.begin).mockReturnValueOnce(new Promise((give) => (answer = give)))
    send(visit)
    await moment()
    expect(await draftOf('anna')).toBe(words)
    answer(talk)
    await vi.waitFor(async () => expect(await said()).toEqual([words]), patiently)
    await moment()
    expect(await draftOf('anna')).toBe('')
    visit.seat?.line.stop()
  })

  test('come back into the field when no conversation could be made', async () => {
    const visit = new Visit()
    await visit.ask({ shop: 'oak' })
    await visit.signedIn(anna)
    vi.mocked(api.begin).mockRejectedValueOnce(offline())
    send(visit)
    await moment()
    expect([visit.text, await draftOf('anna'), await said()]).toEqual([words, words, []])
    visit.seat?.line.stop()
  })
})

describe('a part of the page that did not come', () => {
  const torn = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'))

  test('comes with the whole page, once there is a line again', async () => {
    const reload = vi.fn()
    vi.stubGlobal('location', { reload })
    vi.spyOn(seats, 'takeSeat').mockImplementationOnce(torn)
    const visit = new Visit()
    await visit.ask({ shop: 'oak' })
    await visit.signedIn(anna)
    expect([visit.view, reload.mock.calls.length]).toEqual(['trouble', 0])
    vi.mocked(api.shop).mockRejectedValueOnce(offline())
    await visit.load()
    expect([visit.view, reload.mock.calls.length]).toEqual(['trouble', 0])
    await visit.load()
    expect(reload).toHaveBeenCalledTimes(1)
  })

  test('leaves nobody before a page that waits for ever', async () => {
    const visit = new Visit()
    await visit.ask({ shop: 'oak' })
    await visit.signedIn(anna)
    vi.mocked(api.conversations).mockResolvedValue({ items: [{ ...talk, ...running }], next: null })
    vi.spyOn(visit as unknown as { enter: () => Promise<void> }, 'enter').mockImplementation(torn)
    await visit.load()
    expect(visit.view).toBe('trouble')
    visit.view = 'home'
    visit.resume(talk)
    await vi.waitFor(() => expect(visit.view).toBe('trouble'))
    visit.seat?.line.stop()
  })
})

test('whoever comes in twice at once takes one seat', async () => {
  const take = vi.spyOn(seats, 'takeSeat').mockClear()
  const visit = new Visit()
  await visit.ask({ shop: 'oak' })
  await Promise.all([visit.signedIn(anna), visit.signedIn(anna)])
  expect([take.mock.calls.length, visit.view]).toEqual([1, 'home'])
  visit.seat?.line.stop()
})

test('a draft of one who signed in is kept under their own name only', async () => {
  const visit = new Visit()
  await visit.ask({ shop: 'oak' })
  await visit.signedIn(anna)
  visit.keepDraft('half a wo')
  await moment()
  expect([await draftOf('anna'), await draftOf('visitor')]).toEqual(['half a wo', ''])
  visit.seat?.line.stop()
})

test('what the page repeats of the address is one wish, and opens nothing a second time', async () => {
  const visit = new Visit()
  await visit.ask({ shop: 'oak', intent: 'mail' })
  visit.view = 'chat'
  await visit.ask({ intent: 'mail', shop: 'oak', product: undefined } as never)
  await visit.ask({})
  expect([visit.view, vi.mocked(api.shop).mock.calls.length]).toEqual(['chat', 1])
  await visit.ask({ shop: 'oak', intent: 'message' })
  expect([visit.view, vi.mocked(api.shop).mock.calls.length]).toEqual(['home', 2])
})
