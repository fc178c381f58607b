import { beforeEach, expect, test } from 'vitest'
import en from '../../../locales/en.json'
import { fmt } from '../fmt'
import { learn, t } from '../i18n'
import type { Fact } from '../ledger'
import type { Trace } from '../types'
import { details, didOf, isReminder, kindOf, toldBefore, traceIn, whyOf } from './telling'

const words = (section: 'case' | 'thread') => Object.fromEntries(Object.entries(en[section]).map(([key, text]) => [`${section}.${key}`, text]))
beforeEach(() => learn('en', { ...words('case'), ...words('thread') }))

const step = (action: string, kind = 'repair') => ({ kind, action })
const said = (given: Record<string, unknown>, before = {}, titles = {}) =>
  Object.fromEntries(details(given, before, titles).map(({ label, text }) => [label, text]))

test('a step is told in the words of its kind', () => {
  expect(didOf(step('in_warranty'))).toBe(en.case.repair_did_in_warranty)
  expect(didOf(step('half'))).toBe(en.case.did_half)
})

test('of a kind or step from a later version it is told that something was done', () => {
  expect(didOf(step('teleported'))).toBe(en.thread.fact_case)
  expect(didOf(step('begun', 'rental'))).toBe(en.thread.fact_case)
  expect(kindOf({ kind: 'rental', number: 1 })).toBe(en.thread.case)
})

test('money, days, parcels, choices and amounts are told as people say them', () => {
  expect(said({ price: { amount: 3850, currency: 'EUR' } })).toEqual({ [en.case.field_price]: '€38.50' })
  expect(said({ parcel: { carrier: 'DHL', number: 'JD01' } })).toEqual({ [en.case.field_parcel]: 'DHL JD01' })
  expect(said({ refused_for: 'misuse' })).toEqual({ [en.case.said_refused_for]: en.case['choice_refused_for.misuse'] })
  expect(said({ days: 12 })).toEqual({ [en.case.said_days]: '12' })
  expect(said({ lines: [{ line: 'a', quantity: 2 }, { line: 'b', quantity: 1 }] })).toEqual({ [en.case.said_lines]: '3 items' })
  expect(said({ lines: [{ line: 'a', quantity: 2 }] }, {}, { a: 'Mug' })).toEqual({ [en.case.said_lines]: '2 × Mug' })
})

test('words that look like nothing known are left as they were written', () => {
  expect(said({ fault: 'it hums' })).toEqual({ [en.case.said_fault]: 'it hums' })
  expect(said({ status: 'some_code' })).toEqual({ [en.case.field_status]: 'some code' })
})

test('files, empty answers and what is nobody’s to read make no line', () => {
  const file = '0190c3f2-7b1a-7000-8000-000000000001'
  expect(said({ photos: [file], shots: [{ file, shows: 'packaging' }], serial: '', statement: null })).toEqual({})
})

test('details are called so that both sides may read it, and what has no words is no detail', () => {
  expect(said({ question: 'Is it oak?' })).toEqual({ [en.case.said_question]: 'Is it oak?' })
  expect(said({ serial: 'SN 1' })).toEqual({ [en.case.field_serial]: 'SN 1' })
  expect(said({ unpaid: { amount: 500, currency: 'EUR' } })).toEqual({ [en.case.field_unpaid]: '€5' })
  expect(said({ promises_broken: 2, reserved: { product: 'p', quantity: 1 }, confirm: 'withdraw' })).toEqual({})
})

test('a carrier is asked, answers, or lets its day go by', () => {
  const asked = {
    id: 't', carrier: 'DHL', number: 'JD01', reason: 'no_news', asked_at: '2026-11-02T10:00:00Z', due_at: '2026-11-09T20:00:00Z',
    channel: 'email', carrier_ref: '', trouble: '', answered_at: null, outcome: null, said: '', signed_by: '', proof: [], proof_url: '',
  } satisfies Trace
  const at = (day: number) => Date.UTC(2026, 10, day)
  const due = t('case.trace_due', { when: fmt.moment(asked.due_at) })
  expect(traceIn(asked, at(8))).toMatchObject({ answer: due, late: false, notes: [] })
  expect(traceIn(asked, at(8)).asked).toContain(en.case['choice_trace_reason.no_news'])
  expect(traceIn(asked, at(10))).toMatchObject({ answer: due, late: true })
  expect(traceIn({ ...asked, trouble: 'ConnectError' }, at(8))).toMatchObject({ answer: en.case.trace_trouble, late: true })
  const answered = traceIn({ ...asked, answered_at: '2026-11-07T09:00:00Z', outcome: 'delivered', signed_by: 'N. Orr' }, at(20))
  expect(answered.answer).toContain(en.case['choice_finding.delivered'])
  expect(answered).toMatchObject({ late: false, notes: [{ label: en.case.field_signed_by, text: 'N. Orr' }] })
})

test('a new date strikes out the one that was told before', () => {
  const eta = (earliest: string, latest = earliest) => ({ earliest, latest, zone: 'Europe/Berlin' })
  const fact = (seq: number, of: string, action: string, given: object) =>
    ({ kind: 'fact', type: 'case', seq, data: { case: of, action, kind: 'repair', given } }) as unknown as Fact
  const facts = [fact(1, 'a', 'give_eta', { eta: eta('2026-11-12') }), fact(2, 'b', 'give_eta', { eta: eta('2026-11-01') }), fact(3, 'a', 'half', {})]
  const here = fact(4, 'a', 'give_eta', { eta: eta('2026-11-18', '2026-11-20') })
  const [detail] = details({ eta: eta('2026-11-18', '2026-11-20') }, toldBefore([...facts, here], here))
  expect(detail).toMatchObject({ text: fmt.range('2026-11-18', '2026-11-20'), was: fmt.date('2026-11-12') })
  expect(isReminder(facts[2]!.data as never)).toBe(true)
})
