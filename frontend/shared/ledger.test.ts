import { expect, test } from 'vitest'
import { ahead, Ledger, type Said } from './ledger'
import type { Event, Participant } from './types'

const anna: Participant = { id: 'anna', side: 'buyer', name: 'Anna' }
const mei: Participant = { id: 'mei', side: 'seller', name: 'Mei' }
const event = (seq: number, type: string, data: Event['data'], actor = anna): Event => ({
  seq, id: `e${seq}`, type, at: '2026-11-14T10:00:00Z', actor, data,
})
const texts = (ledger: Ledger) => ledger.entries.map((one) => (one.kind === 'fact' ? one.type : (one as Said).text))

test('messages stand in the order of their numbers, however they come', () => {
  const ledger = new Ledger(anna)
  for (const seq of [3, 1, 2, 3]) ledger.take(event(seq, 'message', { text: `${seq}` }))
  expect(texts(ledger)).toEqual(['1', '2', '3'])
})

test('it is known which are mine and which my side’s', () => {
  const ledger = new Ledger(mei)
  ledger.take(event(1, 'message', { text: 'hi' }))
  ledger.take(event(2, 'message', { text: 'hello' }, { id: 'oleg', side: 'seller', name: 'Oleg' }))
  ledger.take(event(3, 'message', { text: 'hello' }, mei))
  expect(ledger.entries.map((one) => one.kind !== 'fact' && [one.ours, one.own])).toEqual([[false, false], [true, false], [true, true]])
})

test('an edit finds its message, also when the message comes later with an older page', () => {
  const ledger = new Ledger(anna)
  ledger.take(event(9, 'edit', { target: 2, text: 'better' }))
  ledger.take(event(5, 'edit', { target: 2, text: 'good' }))
  ledger.take(event(2, 'message', { text: 'first' }))
  expect(ledger.entries).toMatchObject([{ text: 'better', edited: true }])
})

test('a deleted message leaves its place', () => {
  const ledger = new Ledger(anna)
  ledger.take(event(1, 'message', { text: 'oops' }))
  ledger.take(event(2, 'delete', { target: 1 }))
  expect(ledger.entries).toMatchObject([{ deleted: true, text: '' }])
})

test('changes that wait are shown in the order they were written, and leave what is stored alone', () => {
  const ledger = new Ledger(anna)
  ledger.take(event(1, 'message', { text: 'first' }))
  const waits = (cmid: string, type: string, text?: string) => ({ cmid, stream: 'c.1.p', type, data: { target: 1, text }, at: '', state: 'queued' as const })
  const edits = [waits('a', 'edit', 'second'), waits('b', 'edit', 'third')]
  expect(ahead(ledger.entries, edits)).toMatchObject([{ text: 'third', edited: true, deleted: false }])
  expect(ahead(ledger.entries, [...edits, waits('c', 'delete')])).toMatchObject([{ text: '', deleted: true }])
  expect(ahead(ledger.entries, [waits('d', 'resolve')])).toBe(ledger.entries)
  expect(texts(ledger)).toEqual(['first'])
})

test('what happened besides words stays in its place', () => {
  const ledger = new Ledger(anna)
  ledger.take(event(2, 'message', { text: 'hello' }))
  ledger.take(event(1, 'subject', { kind: 'product' }))
  ledger.take(event(3, 'resolve', {}))
  expect(texts(ledger)).toEqual(['subject', 'hello', 'resolve'])
})

test('somebody who writes under the key of another replaces nothing and doubles no key', () => {
  const ledger = new Ledger(anna)
  ledger.take({ ...event(1, 'message', { text: 'mine' }), cmid: 'k' })
  ledger.take({ ...event(2, 'message', { text: 'theirs' }, mei), cmid: 'k' })
  ledger.take({ ...event(3, 'message', { text: 'theirs, too' }, { ...mei, id: 'oleg' }), cmid: 'k' })
  expect(texts(ledger)).toEqual(['mine', 'theirs', 'theirs, too'])
  expect(new Set(ledger.entries.map((one) => one.key)).size).toBe(3)
})

test('lines about letters lead to them: their own, or the one that is held', () => {
  const ledger = new Ledger(mei)
  ledger.take(event(1, 'market_notice', { market: 'Ozon', order: '1', subject: 'x' }))
  ledger.take(event(2, 'automatic_mail', { side: 'buyer', text: 'Away' }))
  ledger.take(event(3, 'mail_held', { why: 'other_sender', letter: 'm1' }))
  ledger.take(event(4, 'mail_held', { why: 'other_sender' }))
  ledger.take(event(5, 'resolve', {}))
  expect(ledger.entries.map((one) => one.letter)).toEqual(['e1', 'e2', 'm1', undefined, undefined])
})

test('facts go with the words that named them, and other words leave them behind', () => {
  const ledger = new Ledger(mei)
  const facts = [{ kind: 'order', value: '2026-51873', url: '/orders/1' }]
  ledger.take(event(1, 'message', { text: 'Order 2026-51873', facts }))
  expect(ledger.entries).toMatchObject([{ facts }])
  ledger.take(event(2, 'edit', { target: 1, text: 'Another order' }))
  expect(ledger.entries).toMatchObject([{ text: 'Another order', facts: [] }])
})
