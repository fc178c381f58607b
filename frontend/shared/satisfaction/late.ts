import words from 'words:satisfaction'
import { partsWith } from '../i18n'

const { part } = partsWith(words)

/** Whether it helped, with its words: asked once in a conversation, if at all. */
export const question = () => part(import('./Question.svelte'))

/** What a buyer said of it, for the shop. */
export const verdict = () => part(import('./Verdict.svelte'))
