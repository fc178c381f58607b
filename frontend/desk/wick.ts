import { fmt } from '../shared/fmt'
import { t } from '../shared/i18n'
import type { Conversation } from '../shared/types'

export type Tone = 'brand' | 'brass' | 'red' | 'idle'

/** The wick: what is left of the promise to answer. An idle wick is burnt by nobody. */
export interface Wick {
  share: number
  left: number
  tone: Tone
}

const IDLE: Wick = { share: 0, left: 0, tone: 'idle' }
/** Below which share of the time it turns to brass; a case's turns to cinnabar, too, before it is too late. */
const SCARCE = { brass: 0.35, red: 0 }

/** When the clock began; the server calls it `since`. */
const began = (due: { at: string; from?: string; since?: string }) => due.since ?? due.from ?? due.at

export function wick(due: { at: string; from?: string; since?: string } | null, now: number, scarce = SCARCE): Wick {
  if (!due) return IDLE
  const left = Date.parse(due.at) - now
  const whole = Math.max(1, Date.parse(due.at) - Date.parse(began(due)))
  if (left < 0) return { share: 1, left, tone: 'red' }
  const share = Math.min(1, left / whole)
  return { share, left, tone: share < scarce.red ? 'red' : share < scarce.brass ? 'brass' : 'brand' }
}

/** Seconds are told, so figures must not dance (tabular figures look poor elsewhere). */
export const ticks = ({ left }: Wick): boolean => Math.abs(left) < 600_000

/** What the bar says, in words. */
export const inWords = ({ left }: Wick): string => t(left < 0 ? 'desk.overdue' : 'desk.left', { time: fmt.left(left) })

/** For whom a conversation without a clock waits. */
export function waitsFor({ state, waiting_on }: Conversation): string {
  if (state === 'resolved' || state === 'closed') return t(`desk.${state}`)
  return t(`desk.waiting_${waiting_on}`)
}
