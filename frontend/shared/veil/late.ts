import words from 'words:veil'
import { partsWith } from '../i18n'

const { part } = partsWith(words)

/** What a bubble needs that has something hidden, with its words: most threads have none. */
export const veil = () =>
  Promise.all([part(import('./Veiled.svelte')), part(import('./VeilNote.svelte'))]).then(([Veiled, VeilNote]) => ({ Veiled, VeilNote }))
