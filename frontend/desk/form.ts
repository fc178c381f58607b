import type { CaseAction, CaseField, Money, TakenShot } from '../shared/types'

/** What somebody has entered so far, by field, as the controls hold it. */
export type Entered = Record<string, unknown>

/** What a form needs to know of the order beside its fields. */
export interface Around {
  currency: string
  zone: string
}

interface Days { from?: string; to?: string }
interface Parcel { carrier?: string; number?: string }
interface Chosen { product?: string; variant?: string | null; quantity?: number }

export const FILES = ['files', 'photos', 'video', 'shots'] as const
export const holdsFiles = ({ kind }: CaseField): boolean => FILES.includes(kind as (typeof FILES)[number])

export const fieldsOf = ({ asks = [], takes = [] }: CaseAction): CaseField[] => [...asks, ...takes]
export const isAsked = ({ asks = [] }: CaseAction, name: string): boolean => asks.some((one) => one.name === name)

/** The choices of a field that fit what was answered to others. */
export function choicesOf({ choices = [], within = {} }: CaseField, entered: Entered): string[] {
  const fitting = Object.entries(within).flatMap(([other, by]) => {
    const answer = entered[other]
    return typeof answer === 'string' && by[answer] ? [by[answer]] : []
  })
  return choices.filter((one) => fitting.every((some) => some.includes(one)))
}

/** The answers in the shapes that the server reads; what was left empty is left out. */
export function answersOf(action: CaseAction, entered: Entered, around: Around): Record<string, unknown> {
  const answers = fieldsOf(action).map((field) => [field.name, answerOf(field, entered[field.name], around)] as const)
  return Object.fromEntries(answers.filter(([, answer]) => answer !== undefined))
}

export const missingIn = (action: CaseAction, answers: Record<string, unknown>): string[] =>
  (action.asks ?? []).filter(({ name }) => !(name in answers)).map(({ name }) => name)

type Odd = 'case.odd_money' | 'case.odd_parcel'

/** Fields in which something stands that cannot be read, with the words for it: it must not be left out unsaid. */
export function oddIn(action: CaseAction, entered: Entered, answers: Record<string, unknown>): Record<string, Odd> {
  const unread = fieldsOf(action).filter(({ name }) => !(name in answers))
  return Object.fromEntries(unread.flatMap(({ name, kind }): [string, Odd][] => {
    if (kind === 'money' && String(entered[name] ?? '').trim()) return [[name, 'case.odd_money']]
    const parts = kind === 'parcel' ? Object.values((entered[name] ?? {}) as Parcel) : []
    return parts.some((part) => part?.trim()) ? [[name, 'case.odd_parcel']] : []
  }))
}

function answerOf({ kind }: CaseField, value: unknown, { currency, zone }: Around): unknown {
  switch (kind) {
    case 'text':
    case 'short':
    case 'choice':
    case 'link':
    case 'day': return String(value ?? '').trim() || undefined
    case 'number': return value === undefined || value === '' ? undefined : Number(value)
    case 'yes': return value ? true : undefined
    case 'money': return moneyOf(value, currency)
    case 'days': return daysOf(value as Days | undefined, zone)
    case 'parcel': return parcelOf(value as Parcel | undefined)
    case 'lines': return linesOf(value as Record<string, number> | undefined)
    case 'item': return itemOf(value as Chosen | undefined)
    case 'checks': return filled(value as Record<string, boolean> | undefined)
    case 'shots': return someOf((value as TakenShot[] | undefined)?.filter(({ shows }) => shows))
    default: return someOf(value as string[] | undefined)
  }
}

const someOf = <T>(all: T[] | undefined): T[] | undefined => (all?.length ? all : undefined)
const filled = <T extends object>(all: T | undefined): T | undefined => (all && Object.keys(all).length ? all : undefined)

export const digitsOf = (currency: string): number =>
  new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2

/** 12,50 or 12.50, as people write it; the smallest units go over the wire. Nothing is rounded: 1,000 may be a thousand or one. */
export function moneyOf(value: unknown, currency: string): Money | undefined {
  const digits = digitsOf(currency)
  const [, whole, part = ''] = /^(\d+)(?:[.,](\d*))?$/.exec(String(value ?? '').replace(/\s/g, '')) ?? []
  const amount = Number(`${whole}${part.padEnd(digits, '0')}`)
  return part.length <= digits && Number.isSafeInteger(amount) ? { amount, currency } : undefined
}

function daysOf(days: Days | undefined, zone: string) {
  if (!days?.from && !days?.to) return undefined
  const [earliest, latest] = [days.from || days.to!, days.to || days.from!]
  return { earliest, latest, zone }
}

const parcelOf = (parcel: Parcel | undefined) => {
  const [carrier = '', number = ''] = [parcel?.carrier?.trim(), parcel?.number?.replace(/\s/g, '')]
  return carrier && number ? { carrier, number } : undefined
}

const linesOf = (lines: Record<string, number> | undefined) =>
  someOf(Object.entries(lines ?? {}).filter(([, quantity]) => quantity > 0).map(([line, quantity]) => ({ line, quantity })))

const itemOf = (item: Chosen | undefined) =>
  item?.product ? { product: item.product, quantity: item.quantity || 1, ...(item.variant ? { variant: item.variant } : {}) } : undefined
