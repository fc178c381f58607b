import words from 'words:translation'
import { learnMore } from '../i18n'

let learnt: Promise<void> | undefined

const translationWords = (): Promise<void> =>
  (learnt ??= learnMore(words).catch((trouble: unknown) => {
    learnt = undefined
    throw trouble
  }))

/** Words in the reader's language: loaded only where somebody translates. */
export const translated = () => Promise.all([import('./Translated.svelte'), translationWords()]).then(([part]) => part.default)

/** What the buyer will read, before it is sent. */
export const preview = () => Promise.all([import('./Preview.svelte'), translationWords()]).then(([part]) => part.default)
