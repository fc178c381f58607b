import 'fake-indexeddb/auto'
import { IDBFactory } from 'fake-indexeddb'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Drafts, type Copy } from './drafts'
import { Outbox } from './outbox'
import { offline, Problem } from './problem'
import { openStore } from './store'

/** What the server has; a line can be cut, and slow. */
class House implements Copy {
  text = ''
  up = true
  slow = 0
  /** What is asked is done, but the answer gets lost. */
  deaf = false
  lasts: string[] = []

  async draft() {
    if (!this.up) throw offline()
    return { text: this.text }
  }

  async keepDraft(_: string, { text, was }: { text: string; was: string }, last = false) {
    if (!this.up) throw offline()
    if (this.slow) await new Promise((done) => setTimeout(done, this.slow))
    if (last) this.lasts.push(text)
    if (this.text !== was && this.text !== text) throw new Problem({ code: 'draft_changed', title: '', detail: '', status: 409 })
    this.text = text
    if (this.deaf) throw offline()
  }
}

let house: House
const talk = '1'
const pause = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

/** One page of one device; what the same device keeps is under the same name. */
async function page(device: string) {
  const outbox = new Outbox(await openStore(device))
  const drafts = new Drafts(outbox, house)
  return {
    drafts,
    type: (text: string) => drafts.keep(talk, text),
    sees: async () => {
      const newer = await drafts.newer(talk)
      if (newer !== undefined) drafts.take(talk, newer)
      return drafts.of(talk)
    },
  }
}

beforeEach(() => {
  globalThis.indexedDB = new IDBFactory()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  house = new House()
})
afterEach(() => void vi.useRealTimers())

/** Time goes by in small steps, so that the disk, which has a clock of its own, keeps up. */
async function settled(ms = 3_000) {
  for (let gone = 0; gone < ms; gone += 50) {
    await pause(50)
    await new Promise((done) => setImmediate(done))
  }
}
const writes = async (one: { type(text: string): void }, text: string) => {
  one.type(text)
  await settled()
}

describe('a draft', () => {
  test('is brought to the server after a pause, and goes on at another device', async () => {
    const phone = await page('phone')
    phone.type('Is it')
    await settled(1_000)
    expect(house.text).toBe('')
    await writes(phone, 'Is it oak?')
    expect(house.text).toBe('Is it oak?')
    expect(await (await page('desktop')).sees()).toBe('Is it oak?')
  })

  test('that went on elsewhere comes back longer', async () => {
    const [phone, desktop] = [await page('phone'), await page('desktop')]
    await writes(phone, 'Is it')
    await desktop.sees()
    await writes(desktop, 'Is it oak?')
    expect(await phone.sees()).toBe('Is it oak?')
  })

  test('that was sent elsewhere is gone here, too', async () => {
    const [phone, desktop] = [await page('phone'), await page('desktop')]
    await writes(phone, 'Is it oak?')
    await desktop.sees()
    await writes(desktop, '')
    expect([house.text, await phone.sees()]).toEqual(['', ''])
  })

  test('is never overwritten from a device that has not seen it', async () => {
    const [phone, desktop] = [await page('phone'), await page('desktop')]
    await desktop.sees()
    await writes(phone, 'Is it oak?')
    await writes(desktop, 'Hello')
    expect([house.text, await desktop.sees(), await phone.sees()]).toEqual(['Is it oak?', 'Hello', 'Is it oak?'])
    await writes(desktop, '')
    expect(await desktop.sees()).toBe('Is it oak?')
  })

  test('written without a line is kept, brought later, and not taken for an old one', async () => {
    const phone = await page('phone')
    await writes(phone, 'Is it')
    house.up = false
    await writes(phone, 'Is it oak?')
    expect(await phone.sees()).toBe('Is it oak?')
    house.up = true
    phone.drafts.bringAll()
    await settled()
    expect(house.text).toBe('Is it oak?')
  })

  test('that was sent without a line does not come back from the server', async () => {
    const phone = await page('phone')
    await writes(phone, 'Is it oak?')
    house.up = false
    await writes(phone, '')
    house.up = true
    expect(await (await page('phone')).sees()).toBe('')
    expect(house.text).toBe('')
  })

  test('goes to the server when the page goes, without waiting', async () => {
    const phone = await page('phone')
    await phone.sees()
    phone.type('Is it oak?')
    phone.drafts.settle()
    await pause()
    expect([house.text, house.lasts]).toEqual(['Is it oak?', ['Is it oak?']])
  })

  test('of one device never takes the place of another one\'s, however soon after looking its page goes', async () => {
    const [phone, desktop] = [await page('phone'), await page('desktop')]
    await phone.sees()
    await writes(desktop, 'A long question')
    phone.type('x')
    phone.drafts.settle()
    await settled()
    expect([house.text, await desktop.sees(), await phone.sees()]).toEqual(['A long question', 'A long question', 'x'])
  })

  test('that another device changed after this one has sent it is not taken away, and comes here', async () => {
    const [phone, desktop] = [await page('phone'), await page('desktop')]
    await writes(phone, 'Is it oak?')
    await desktop.sees()
    await writes(desktop, 'Is it oak? Or ash?')
    await writes(phone, '')
    expect([house.text, await phone.sees()]).toEqual(['Is it oak? Or ash?', 'Is it oak? Or ash?'])
  })

  test('goes on after a pause behind a blank, and is gone from the server when it was sent', async () => {
    const phone = await page('phone')
    for (const text of ['Is it ', 'Is it oak?\n', '']) {
      await writes(phone, text)
      expect(house.text).toBe(text)
    }
  })

  test('whose arrival nobody confirmed goes on all the same', async () => {
    const phone = await page('phone')
    house.deaf = true
    await writes(phone, 'Is it')
    house.deaf = false
    await writes(phone, 'Is it oak?')
    expect(house.text).toBe('Is it oak?')
  })

  test('an older one that is still on its way does not arrive after the newer one', async () => {
    const phone = await page('phone')
    await phone.sees()
    house.slow = 3_000
    await writes(phone, 'Is it')
    house.slow = 0
    phone.type('Is it oak?')
    phone.drafts.settle()
    await settled(10_000)
    expect(house.text).toBe('Is it oak?')
  })

  test('of two tabs, what was typed last is brought, whichever waits', async () => {
    const [one, two] = [await page('phone'), await page('phone')]
    one.type('Is it')
    await settled(500)
    two.type('Is it oak?')
    await settled()
    expect([house.text, await one.sees()]).toEqual(['Is it oak?', 'Is it oak?'])
  })
})
