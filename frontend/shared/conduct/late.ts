import words from 'words:report'
import { partsWith } from '../i18n'

const { part } = partsWith(words)

/** The form of a report with its words: few people ever need it. */
export const reportForm = () => part(import('./Report.svelte'))
