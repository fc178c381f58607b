import { beforeEach, expect, type MockInstance, test, vi } from 'vitest'
import { api } from '../shared/api'
import { offline, Problem } from '../shared/problem'
import type { Case, CaseAction } from '../shared/types'
import { Attempt } from './attempt.svelte'

const action: CaseAction = { action: 'reject', asks: [{ name: 'comment', kind: 'text' }], takes: [{ name: 'photos', kind: 'files' }] }
const found = { id: 'c', version: 3 } as Case
const around = { currency: 'EUR', zone: 'UTC' }
const refusal = (code: string, facts = {}) => new Problem({ code, title: code, detail: `${code} in words`, status: 409, ...facts })
let act: MockInstance<typeof api.actInCase>
const sent = () => act.mock.calls.map(([, body]) => body)

function filledIn(): Attempt {
  const attempt = new Attempt(action)
  attempt.entered.comment = 'No.'
  return attempt
}

beforeEach(() => void (act = vi.spyOn(api, 'actInCase')))

test('nothing is sent while something is missing; the field says so', async () => {
  const attempt = new Attempt(action)
  expect(await attempt.send(found, around)).toBeUndefined()
  expect([Object.keys(attempt.wrong), sent().length]).toEqual([['comment'], 0])
})

test('nothing is sent with an amount that cannot be read, though none is needed', async () => {
  const attempt = new Attempt({ action: 'offer', takes: [{ name: 'amount', kind: 'money' }] })
  attempt.entered.amount = '50 €'
  expect(await attempt.send(found, around)).toBeUndefined()
  expect([Object.keys(attempt.wrong), sent().length]).toEqual([['amount'], 0])
})

test('after a cut the same is sent again under its key, so it is taken once', async () => {
  act.mockRejectedValueOnce(offline()).mockResolvedValueOnce(found)
  const attempt = filledIn()
  expect([await attempt.send(found, around), attempt.problem?.passing, attempt.busy]).toEqual([undefined, true, false])
  expect(await attempt.send(found, around)).toBe(found)
  const [one, other] = sent()
  expect(one).toMatchObject({ action: 'reject', given: { comment: 'No.' }, version: 3 })
  expect(other).toEqual(one)
})

test('what was changed, or seen at another version, is another attempt', async () => {
  act.mockRejectedValue(offline())
  const attempt = filledIn()
  await attempt.send(found, around)
  attempt.entered.comment = 'No, sorry.'
  await attempt.send(found, around)
  await attempt.send({ ...found, version: 4 }, around)
  expect(new Set(sent().map(({ cmid }) => cmid)).size).toBe(3)
})

test('a refusal of one field stands at that field, any other above them all', async () => {
  act.mockRejectedValueOnce(refusal('detail_malformed', { field: 'comment' })).mockRejectedValueOnce(refusal('case_moved_on'))
  const attempt = filledIn()
  await attempt.send(found, around)
  expect([attempt.wrong, attempt.problem]).toEqual([{ comment: 'detail_malformed in words' }, undefined])
  await attempt.send(found, around)
  expect([attempt.movedOn, attempt.wrong, attempt.entered.comment]).toEqual([true, {}, 'No.'])
})
