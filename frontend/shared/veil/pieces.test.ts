import { expect, test } from 'vitest'
import { coversIn, kinds, pieces } from './pieces'

test('a text is cut where it is covered', () => {
  expect(pieces('Call ••• or write', [{ start: 5, end: 8, kind: 'phone' }])).toEqual([{ text: 'Call ' }, { text: '•••', kind: 'phone' }, { text: ' or write' }])
})

test('signs of two halves count as one, as the server counts them', () => {
  expect(pieces('🙂 •••', [{ start: 2, end: 5, kind: 'email' }])).toEqual([{ text: '🙂 ' }, { text: '•••', kind: 'email' }])
})

test('each kind is named once', () => {
  expect(kinds([{ start: 0, end: 3, kind: 'phone' }, { start: 4, end: 7, kind: 'card' }, { start: 8, end: 11, kind: 'phone' }])).toEqual(['phone', 'card'])
})

test('in a translation the covers are found again, each of its kind', () => {
  const hidden = [{ start: 0, end: 3, kind: 'phone' as const }, { start: 4, end: 7, kind: 'card' as const }]
  expect(coversIn('🙂 ••• и •••', hidden)).toEqual([{ start: 2, end: 5, kind: 'phone' }, { start: 8, end: 11, kind: 'card' }])
  expect(coversIn('•••', hidden)).toEqual([])
  expect(coversIn('Hello', [])).toEqual([])
})
