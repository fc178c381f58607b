import words from 'words:translation'
import { partsWith } from '../i18n'

const { part } = partsWith(words)

/** Words in the reader's language: loaded only where somebody translates. */
export const translated = () => part(import('./Translated.svelte'))

/** What the buyer will read, before it is sent. */
export const preview = () => part(import('./Preview.svelte'))
