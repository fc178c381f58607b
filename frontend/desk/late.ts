import besides from 'words:facts'
import views from 'words:views'
import { aheadPart } from '../shared/ahead/late'
import { partsWith } from '../shared/i18n'
import { teamWords } from './together/late'

/** What the buyer's words come to, with its own words. */
export const gist = () => aheadPart(import('./Gist.svelte'))

/** Who tends a conversation, and what one is oneself, with the words of a team's work. */
export const teamwork = () => Promise.all([import('./tended'), teamWords()]).then(([part]) => part)

const { part } = partsWith(views)

/** The views of the list, and acts on many, with their words. */
export const viewBar = () => part(import('./ViewBar.svelte'))
export const picker = () => part(import('./Picker.svelte'))

const { part: beside } = partsWith(besides)

/** What stands beside a thread, with its words. */
export const facts = () => beside(import('./Facts.svelte'))
