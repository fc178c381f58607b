import { aheadWords } from '../shared/ahead/late'

/** What the buyer's words come to, with its own words. */
export const gist = () => Promise.all([import('./Gist.svelte'), aheadWords()]).then(([part]) => part.default)
