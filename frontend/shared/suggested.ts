import words from 'words:suggest'
import { learnMore } from './i18n'
import type { SubjectRef } from './types'

/** Who types what about what, and what can be done with it. */
export interface Asking {
  readonly subject: SubjectRef
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

let learnt: Promise<void> | undefined

/** The words of suggestions; what did not come is asked for again. */
const suggestWords = (): Promise<void> =>
  (learnt ??= learnMore(words).catch((trouble: unknown) => {
    learnt = undefined
    throw trouble
  }))

/** What shows suggestions, with its words: nobody needs it before they type. */
export const suggested = () => Promise.all([import('./Suggested.svelte'), suggestWords()]).then(([part]) => part.default)
export const gaps = () => Promise.all([import('../desk/Gaps.svelte'), suggestWords()]).then(([part]) => part.default)
export const replies = () => Promise.all([import('../desk/Replies.svelte'), suggestWords()]).then(([part]) => part.default)
