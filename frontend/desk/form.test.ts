import { expect, test } from 'vitest'
import type { CaseAction, CaseField } from '../shared/types'
import { answersOf, choicesOf, missingIn, moneyOf, oddIn } from './form'

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

test.each([
  ['1 200', 'JPY', 1200],
  ['12,5', 'JPY', undefined],
  ['0.1', 'EUR', 10],
  ['12,50', 'EUR', 1250],
  ['12.', 'EUR', 1200],
  ['1\u202f000,50', 'EUR', 100050],
  ['1.005', 'KWD', 1005],
  ['1,000', 'EUR', undefined],
  ['1,000.50', 'EUR', undefined],
  ['1.005', 'EUR', undefined],
  ['50 €', 'EUR', undefined],
  ['-1', 'EUR', undefined],
  ['1e3', 'EUR', undefined],
  ['a lot', 'EUR', undefined],
  ['', 'EUR', undefined],
  ['9'.repeat(30), 'EUR', undefined],
])('%s of %s is %s in its smallest unit: nothing is rounded or guessed', (written, currency, amount) =>
  expect(moneyOf(written, currency)).toEqual(amount === undefined ? undefined : { amount, currency }))

test('what was entered and cannot be read is named, and what is empty is not', () => {
  const action: CaseAction = { action: 'offer', takes: [field('amount', 'money'), field('parcel', 'parcel')] }
  const odd = (entered: Record<string, unknown>) => oddIn(action, entered, answersOf(action, entered, around))
  expect(odd({ amount: '50 €', parcel: { carrier: 'DHL' } })).toEqual({ amount: 'case.odd_money', parcel: 'case.odd_parcel' })
  expect(odd({ amount: ' ', parcel: { carrier: '', number: ' ' } })).toEqual({})
  expect(odd({ amount: '50', parcel: { carrier: 'DHL', number: '1' } })).toEqual({})
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
