import words from 'words:ahead'
import { learnMore } from '../i18n'

let learnt: Promise<void> | undefined

/** The words of reading, with the first part of a page that says them. What did not come is asked for again. */
export const aheadWords = (): Promise<void> =>
  (learnt ??= learnMore(words).catch((trouble: unknown) => {
    learnt = undefined
    throw trouble
  }))

/** What stands above the field while somebody writes: only they need it. */
export const ahead = () => Promise.all([import('../Ahead.svelte'), aheadWords()]).then(([part]) => part.default)

/** The facts of a message, under its words. */
export const named = () => Promise.all([import('./Named.svelte'), aheadWords()]).then(([part]) => part.default)
