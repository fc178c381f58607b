import { fmt } from '../fmt'
import { t } from '../i18n'
import type { ReadFact } from '../types'
import { CalendarClock, ExternalLink, MapPin, Package, Tag } from '../icons'

/** A fact in words, as on a chip. */
export function factLabel({ kind, value }: Pick<ReadFact, 'kind' | 'value'>): string {
  return t(`ahead.fact_${kind}`, { value: kind === 'date' ? fmt.day(value) : value })
}

export const factIcons: Record<ReadFact['kind'], string> = {
  order: Package, tracking: MapPin, sku: Tag, link: ExternalLink, money: Tag, date: CalendarClock, size: Tag,
}
