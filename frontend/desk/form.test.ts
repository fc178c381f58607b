import { expect, test } from 'vitest'
import type { CaseAction, CaseField } from '../shared/types'
import { answersOf, choicesOf, missingIn, moneyOf } from './form'

const around = { currency: 'EUR', zone: 'Europe/Berlin' }
const field = (name: string, kind: CaseField['kind'], more: Partial<CaseField> = {}): CaseField => ({ name, kind, ...more })
const given = (kind: CaseField['kind'], entered: unknown) => answersOf({ action: 'a', asks: [field('f', kind)] }, { f: entered }, around).f

test.each([
  ['text', '  It is broken. ', 'It is broken.'],
  ['short', '', undefined],
  ['choice', 'misuse', 'misuse'],
  ['number', '12', 12],
  ['number', '', undefined],
  ['yes', false, undefined],
  ['money', '12,50', { amount: 1250, currency: 'EUR' }],
  ['days', { from: '2026-11-18', to: '2026-11-20' }, { earliest: '2026-11-18', latest: '2026-11-20', zone: 'Europe/Berlin' }],
  ['days', { to: '2026-11-20' }, { earliest: '2026-11-20', latest: '2026-11-20', zone: 'Europe/Berlin' }],
  ['days', {}, undefined],
  ['parcel', { carrier: 'DHL ', number: ' JD 01' }, { carrier: 'DHL', number: 'JD01' }],
  ['parcel', { carrier: 'DHL' }, undefined],
  ['lines', { a: 2, b: 0 }, [{ line: 'a', quantity: 2 }]],
  ['item', { product: 'p', variant: '', quantity: 1 }, { product: 'p', quantity: 1 }],
  ['checks', { right_item: true, labels: false }, { right_item: true, labels: false }],
  ['photos', ['x'], ['x']],
  ['photos', [], undefined],
  ['shots', [{ file: 'x', shows: 'packaging' }, { file: 'y', shows: '' }], [{ file: 'x', shows: 'packaging' }]],
] as const)('%s %j is given as %j', (kind, entered, answer) => expect(given(kind, entered)).toEqual(answer))

test('money is read as people write it, in the smallest unit of its currency', () => {
  expect(moneyOf('1 200', 'JPY')).toEqual({ amount: 1200, currency: 'JPY' })
  expect(moneyOf('0.1', 'EUR')).toEqual({ amount: 10, currency: 'EUR' })
  expect([moneyOf('-1', 'EUR'), moneyOf('a lot', 'EUR'), moneyOf('', 'EUR')]).toEqual([undefined, undefined, undefined])
})

test('what is asked for and not given is named, what is only welcome is not', () => {
  const action: CaseAction = { action: 'reject', asks: [field('refused_for', 'choice'), field('comment', 'text')], takes: [field('photos', 'files')] }
  expect(missingIn(action, answersOf(action, { comment: 'No.' }, around))).toEqual(['refused_for'])
})

test('only choices that fit the other answers are offered', () => {
  const reason = field('reason', 'choice', { choices: ['broke', 'too_small'], within: { condition: { defect: ['broke'], unused: ['too_small'] } } })
  expect(choicesOf(reason, { condition: 'defect' })).toEqual(['broke'])
  expect(choicesOf(reason, {})).toEqual(['broke', 'too_small'])
})
