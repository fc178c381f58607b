import { fmt } from '../fmt'
import { choose, has, t, type Key } from '../i18n'
import type { Fact } from '../ledger'
import { COVER } from '../veil/pieces'
import type { CaseEntry, CaseListed, Due, Eta, Money, Trace } from '../types'

/** One detail that was given, in words; `was` is what it replaced. */
export interface Detail {
  name: string
  label: string
  text: string
  was?: string
  long: boolean
}

type Given = Record<string, unknown>
/** What the things of an order are called, by line. */
export type Titles = Record<string, string>

const REMINDERS = ['half', 'late', 'nudge', 'note']
/** Typed so that something is done on purpose: told nobody. */
const TYPED_ONLY = ['confirm']
const LONG = 44
const IDS = /^[0-9a-f]{8}-[0-9a-f-]{27}$/

const say = (key: string): string | undefined => (has(key) ? t(key as Key) : undefined)
const plain = (code: string) => code.replaceAll('_', ' ')

export const isStep = (fact: Fact): boolean => fact.type === 'case' && !isReminder(stepOf(fact))
export const isReminder = ({ action }: CaseEntry): boolean => REMINDERS.includes(action)
export const stepOf = (fact: Fact): CaseEntry => fact.data as unknown as CaseEntry

/** What was done, as one sentence; of a kind or a step that is not known here, that something was. */
export const didOf = ({ kind, action }: Pick<CaseEntry, 'kind' | 'action'>): string =>
  say(`case.${kind}_did_${action}`) ?? say(`case.did_${action}`) ?? t('thread.fact_case')

export const kindOf = ({ kind, number }: Pick<CaseListed, 'kind' | 'number'>): string => {
  const name = say(`case.${kind}`) ?? t('thread.case')
  return number > 1 ? `${name} ${number}` : name
}

export const stateOf = ({ kind, state }: Pick<CaseListed, 'kind' | 'state'>): string => say(`case.${kind}_is_${state}`) ?? plain(state)
export const nameOf = (kind: string, action: string): string => say(`case.${kind}_do_${action}`) ?? plain(action)
export const labelOf = (field: string): string => say(`case.field_${field}`) ?? plain(field)
/** What a detail is called once it was given, whoever reads it; those without a name are not for people. */
const saidOf = (field: string): string | undefined => say(`case.said_${field}`) ?? say(`case.field_${field}`)
export const choiceOf = (field: string, choice: string): string => say(`case.choice_${field}.${choice}`) ?? plain(choice)
export const waitsFor = ({ waiting_on }: Pick<CaseListed, 'waiting_on'>): string => t(`case.waits_${waiting_on}`)
export const until = ({ at }: { at: string }): string => t('case.due', { when: fmt.moment(at) })
export const whyOf = (due: Pick<Due, 'why'> | null): string => choose(due?.why)

/** Whether a part of what was given is hidden. */
export const covered = (given: Given | undefined): boolean =>
  Object.values(given ?? {}).some((answer) => typeof answer === 'string' && answer.includes(COVER))

/** What was given with a step, for people; files are shown as files. `before` is what was known earlier. */
export function details(given: Given, before: Given = {}, titles: Titles = {}): Detail[] {
  return Object.entries(given).flatMap(([name, answer]) => {
    const label = TYPED_ONLY.includes(name) ? undefined : saidOf(name)
    const text = inWords(name, answer, titles)
    if (!label || !text) return []
    const was = isEta(before[name]) && isEta(answer) ? dates(before[name]) : ''
    return [{ name, label, text, long: text.length > LONG, ...(was && was !== text ? { was } : {}) }]
  })
}

/** A question to a carrier in words: what was asked, what came of it, and whether the carrier is late. */
export function traceIn({ asked_at, due_at, answered_at, outcome, reason, trouble, ...told }: Trace, now = Date.now()) {
  const notes = (['carrier_ref', 'said', 'signed_by'] as const).filter((name) => told[name])
  return {
    asked: t('case.trace_asked', { when: fmt.moment(asked_at), reason: choiceOf('trace_reason', reason) }),
    answer: answered_at && outcome
      ? t('case.trace_answered', { when: fmt.moment(answered_at), outcome: choiceOf('finding', outcome) })
      : t(trouble ? 'case.trace_trouble' : 'case.trace_due', { when: fmt.moment(due_at) }),
    late: !answered_at && (!!trouble || now > Date.parse(due_at)),
    notes: notes.map((name) => ({ label: labelOf(name), text: told[name] })),
  }
}

/** What the cases of a thread have told before one of its entries. */
export function toldBefore(facts: Fact[], here: Fact): Given {
  const { case: id } = stepOf(here)
  const earlier = facts.filter((one) => one.seq < here.seq && isStep(one) && stepOf(one).case === id)
  return Object.assign({}, ...earlier.map((one) => stepOf(one).given)) as Given
}

function inWords(name: string, answer: unknown, titles: Titles): string {
  if (answer === null || answer === undefined || answer === '') return ''
  if (typeof answer === 'boolean') return t(answer ? 'case.yes' : 'case.no')
  if (typeof answer === 'number') return fmt.num(answer)
  if (typeof answer === 'string') return wordsOf(name, answer)
  if (Array.isArray(answer)) return answer.every((one) => typeof one === 'string') ? chosen(name, answer) : listed(answer, titles)
  if (isEta(answer)) return dates(answer)
  if (holds(answer, 'amount', 'currency')) return fmt.money(answer as unknown as Money)
  if (holds(answer, 'carrier', 'number')) return `${answer.carrier} ${answer.number}`
  if (holds(answer, 'product')) return t('case.things', { n: Number(answer.quantity ?? 1) })
  return checked(name, answer as Record<string, unknown>)
}

function wordsOf(name: string, answer: string): string {
  if (IDS.test(answer)) return ''
  if (/^\d{4}-\d\d-\d\d$/.test(answer)) return fmt.date(answer)
  if (/^\d{4}-\d\d-\d\dT/.test(answer)) return fmt.moment(answer)
  return /^[a-z_]+(\.[a-z_]+)*$/.test(answer) ? choiceOf(name, answer) : answer
}

const chosen = (name: string, answer: string[]) => answer.map((one) => wordsOf(name, one)).filter(Boolean).join(', ')

function listed(answer: unknown[], titles: Titles): string {
  const things = answer.filter((one): one is { line: string; quantity?: number } => holds(one, 'line'))
  if (!things.length) return ''
  const named = things.filter((one) => titles[one.line]).map(({ line, quantity = 1 }) => (quantity > 1 ? `${quantity} × ${titles[line]}` : titles[line]))
  return named.length === things.length ? named.join(', ') : t('case.things', { n: things.reduce((sum, { quantity = 1 }) => sum + quantity, 0) })
}

const checked = (name: string, answer: Record<string, unknown>) =>
  Object.entries(answer)
    .filter(([, value]) => typeof value === 'boolean')
    .map(([choice, yes]) => `${yes ? '✓' : '✗'} ${choiceOf(name, choice)}`)
    .join('\n')

const holds = (answer: unknown, ...names: string[]): answer is Record<string, unknown> =>
  typeof answer === 'object' && answer !== null && names.every((name) => name in answer)

const isEta = (answer: unknown): answer is Eta => holds(answer, 'earliest', 'latest')
const dates = ({ earliest, latest }: Eta) => (earliest === latest ? fmt.date(latest) : fmt.range(earliest, latest))
