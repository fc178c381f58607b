import words from 'words:case'
import { partsWith } from '../i18n'

const { part, words: caseWords } = partsWith(words)

/** The words of cases: many, and only where there are cases. */
export { caseWords }

/** A line of the thread about a case, with its words. */
export const caseLine = () => part(import('./CaseLine.svelte'))
