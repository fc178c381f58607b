import words from 'words:suggest'
import { partsWith } from './i18n'
import type { SubjectRef } from './types'

/** Who types what about what, and what can be done with it. */
export interface Asking {
  readonly subject: SubjectRef
  /** The choice of a product that they look at. */
  readonly variant?: string | undefined
  /** Who has signed in is counted. */
  readonly counted: boolean
  /** What stands in the field. */
  text: string
  /** The conversation that is on the screen. */
  readonly here?: string
  /** Send what was typed. */
  ask(): void
  /** Keep what stands in the field now, if anything does. */
  keep(text: string): void
  /** Go to an own conversation. */
  go(talk: string): void
}

const { part } = partsWith(words)

/** What shows suggestions, with its words: nobody needs it before they type. */
export const suggested = () => part(import('./Suggested.svelte'))
export const gaps = () => part(import('../desk/Gaps.svelte'))
export const replies = () => part(import('../desk/Replies.svelte'))

/** What was asked before everybody: answered so at the desk, and marked in its list. */
export const publicly = () => part(import('../desk/Publicly.svelte'))
export const watchPublic = () => part(import('../desk/publicly'))
