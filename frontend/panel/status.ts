import { fmt } from '../shared/fmt'
import { isOpen, opensNext } from '../shared/hours'
import { t } from '../shared/i18n'
import type { Shop } from '../shared/types'

export interface Status { here: boolean; words: string }

/** Whether somebody answers now, and if not, when: said honestly. While the shop is open its clock for a chat runs, whoever is there. */
export function statusOf(shop: Shop, present: boolean | undefined, now = Date.now()): Status {
  const open = isOpen(shop, now)
  const here = present ?? open
  if (here || open) return { here, words: t('panel.answers', { n: shop.promise.chat_minutes }) }
  const opens = opensNext(shop, now)
  return { here: false, words: opens ? backAt(opens, now) : t('panel.away') }
}

function backAt(opens: number, now: number): string {
  const time = fmt.time(opens)
  const days = Math.round((new Date(opens).setHours(0, 0, 0, 0) - new Date(now).setHours(0, 0, 0, 0)) / 86_400_000)
  if (days === 0) return t('panel.back_at', { time })
  return days === 1 ? t('panel.back_tomorrow', { time }) : t('panel.back_on', { day: fmt.day(opens), time })
}
