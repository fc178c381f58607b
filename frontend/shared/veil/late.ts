import words from 'words:veil'
import { learnMore } from '../i18n'

/** What a bubble needs that has something hidden, with its words: most threads have none. */
const fetched = () =>
  Promise.all([import('./Veiled.svelte'), import('./VeilNote.svelte'), learnMore(words)]).then(([veiled, note]) => ({ Veiled: veiled.default, VeilNote: note.default }))

let learnt: ReturnType<typeof fetched> | undefined

/** What did not come is asked for again. */
export const veil = (): ReturnType<typeof fetched> =>
  (learnt ??= fetched().catch((trouble: unknown) => {
    learnt = undefined
    throw trouble
  }))
