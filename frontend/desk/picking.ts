import words from 'words:pick'
import { partsWith } from '../shared/i18n'

const { part } = partsWith(words)

/** The list of macros with its words: nobody needs it before they ask. */
export const picker = () => part(import('./Macros.svelte'))
