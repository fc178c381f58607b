import words from 'words:team'
import { partsWith } from '../../shared/i18n'

const { part, words: teamWords } = partsWith(words)

/** The words of the team's work. */
export { teamWords }

/** What a team works together with, each part with its words: nobody needs it before the desk stands. */
export const calls = () => part(import('./Calls.svelte'))
export const colleagues = () => part(import('./Colleagues.svelte'))
export const history = () => part(import('./History.svelte'))
export const help = () => part(import('./Help.svelte'))
export const mention = () => part(import('./Mention.svelte'))
export const menu = () => part(import('./CommandMenu.svelte'))
export const elsewhere = () => part(import('./Elsewhere.svelte'))
export const shops = () => part(import('./Shops.svelte'))
export const split = () => part(import('../Split.svelte'))
export const teamwork = () => part(import('./Teamwork.svelte'))
