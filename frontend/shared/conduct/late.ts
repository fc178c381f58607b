import words from 'words:report'
import { learnMore } from '../i18n'

/** The form of a report with its words: few people ever need it. What did not come is asked for again. */
export const reportForm = () => Promise.all([import('./Report.svelte'), learnMore(words)]).then(([form]) => form.default)
