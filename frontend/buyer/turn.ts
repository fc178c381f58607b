import { fmt } from '../shared/fmt'
import { type Key, t } from '../shared/i18n'
import type { Conversation } from '../shared/types'

export type Tone = '' | 'brand' | 'brass' | 'red'
export interface Turn {
  text: string
  short: string
  tone: Tone
}

const turn = (name: string, tone: Tone, facts = {}, brief = facts): Turn => ({
  text: t(`buyer.turn_${name}` as Key, facts),
  short: t(`buyer.short_${name}` as Key, brief),
  tone,
})

const isToday = (at: string) => new Date(at).toDateString() === new Date().toDateString()

/** Whose turn it is and until when, in words to the buyer. */
export function turnOf({ state, waiting_on, due, last, open_cases }: Conversation, now: number): Turn {
  if (state === 'closed') return turn('closed', '')
  if (state === 'new' || (!last && !open_cases)) return turn('new', '')
  if (waiting_on === 'seller' && due) {
    const late = Date.parse(due.at) < now
    const [name, tone] = late ? (['seller_late', 'red'] as const) : (['seller_until', 'brass'] as const)
    // Today a promise is an hour; later it is a day, and on its own page a day and an hour.
    return isToday(due.at)
      ? turn(name, tone, { when: fmt.time(due.at) })
      : turn(name, tone, { when: fmt.moment(due.at) }, { when: fmt.day(due.at) })
  }
  const tones: Record<Conversation['waiting_on'], Tone> = { seller: 'brass', buyer: 'brand', carrier: '', operator: 'brass', nobody: '' }
  return turn(waiting_on, tones[waiting_on])
}
