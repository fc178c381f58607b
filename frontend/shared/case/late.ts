import words from 'words:case'
import { learnMore } from '../i18n'

let learnt: Promise<void> | undefined

/** The words of cases: many, and only where there are cases. What did not come is asked for again. */
export const caseWords = (): Promise<void> =>
  (learnt ??= learnMore(words).catch((trouble: unknown) => {
    learnt = undefined
    throw trouble
  }))

/** A line of the thread about a case, with its words. */
export const caseLine = () => Promise.all([import('./CaseLine.svelte'), caseWords()]).then(([line]) => line.default)
