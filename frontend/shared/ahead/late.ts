import words from 'words:ahead'
import { partsWith } from '../i18n'

/** A part of a page that says the words of reading, with them. */
export const { part: aheadPart } = partsWith(words)

/** What stands above the field while somebody writes: only they need it. */
export const ahead = () => aheadPart(import('../Ahead.svelte'))

/** The facts of a message, under its words. */
export const named = () => aheadPart(import('./Named.svelte'))
