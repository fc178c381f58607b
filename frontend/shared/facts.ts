import { has, t, type Facts, type Key } from './i18n'
import type { Fact } from './ledger'

/** What an entry of the house itself says: a move, or one more way in which somebody was told. */
export function factWords({ type, data }: Pick<Fact, 'type' | 'data'>): string {
  const way = { contact: 'told', contact_missed: 'missed' }[type]
  const key = way ? `thread.${way}_${data.to}_${data.step}` : `thread.fact_${type}`
  return has(key) ? t(key as Key, data as Facts) : ''
}
