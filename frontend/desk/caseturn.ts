import { waitsFor } from '../shared/case/telling'
import { t } from '../shared/i18n'
import type { CaseListed } from '../shared/types'
import { type Wick, wick } from './wick'

/** At half of the time its wick turns to brass, at nine tenths to cinnabar: when warnings are sent, too. */
const SCARCE = { brass: 0.5, red: 0.1 }

export interface CaseTurn {
  who: string
  ours: boolean
  /** Burns only while we must act. */
  wick: Wick
  left: Wick
}

type Waiting = Pick<CaseListed, 'waiting_on' | 'due'>

/** Who must act, and what is left of the time for it. */
export function turnOf(found: Waiting, now: number): CaseTurn {
  const ours = found.waiting_on === 'seller' || found.waiting_on === 'both'
  const left = wick(found.due, now, SCARCE)
  return { who: ours ? t(`desk.case_${found.waiting_on as 'seller' | 'both'}`) : waitsFor(found), ours, left, wick: ours ? left : { ...left, tone: 'idle' } }
}
