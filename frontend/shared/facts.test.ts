import { expect, test } from 'vitest'
import { factWords } from './facts'
import { learn } from './i18n'

test('a step of the ladder says by which way who was told; an entry of another kind says what it is, or nothing', () => {
  learn('en', { 'thread.missed_team_mail': 'The e-mail could not be delivered', 'thread.told_team_mail': 'We also wrote to the shop by e-mail', 'thread.fact_closed': 'Closed' })
  expect(factWords({ type: 'contact', data: { to: 'team', step: 'mail', chosen: false } })).toBe('We also wrote to the shop by e-mail')
  expect(factWords({ type: 'contact_missed', data: { to: 'team', step: 'mail' } })).toBe('The e-mail could not be delivered')
  expect(factWords({ type: 'closed', data: {} })).toBe('Closed')
  expect(factWords({ type: 'contact', data: { to: 'team', step: 'pigeon' } })).toBe('')
})
