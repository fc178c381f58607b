/** What the team's own work looks like, in one piece that comes behind the first load. */
export { default as Presence } from './Presence.svelte'
export { default as Tending } from './Tending.svelte'
export { default as Unjoin } from './Unjoin.svelte'
export { told } from './team'
