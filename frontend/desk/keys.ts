import type { Key } from '../shared/i18n'

/** Keys go by where they lie, not by what is printed on them: they work in Russian and Chinese layouts too. */
export type Verb = 'next' | 'previous' | 'reply' | 'note' | 'resolve' | 'facts' | 'search' | 'inbox' | 'cases' | 'help' | 'escape' | 'first' | 'second' | 'third'

const LETTERS: Record<string, Verb> = {
  KeyJ: 'next', KeyK: 'previous', KeyR: 'reply', KeyN: 'note', KeyE: 'resolve', KeyO: 'facts', Slash: 'search',
  Digit1: 'first', Digit2: 'second', Digit3: 'third',
}

const PLACES: Record<string, Verb> = { KeyI: 'inbox', KeyC: 'cases' }

export const HELP: readonly (readonly [readonly string[], Key])[] = [
  [['J', 'K'], 'desk.key_move'], [['R'], 'desk.key_reply'], [['N'], 'desk.key_note'], [['E'], 'desk.key_resolve'],
  [['1', '2', '3'], 'desk.key_insert'], [['O'], 'desk.key_panel'], [['/'], 'desk.key_search'], [['G', 'I'], 'desk.key_inbox'], [['G', 'C'], 'desk.key_cases'], [['?'], 'desk.key_help'],
  [['Esc'], 'desk.key_escape'], [['↵'], 'desk.key_send'],
]

const SEQUENCE = 1000
const STORE = 'shopbell.desk.letters'

const inField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

/** Single letters can be switched off (WCAG 2.1.4); the choice stays with this browser. */
export const letters = {
  get on(): boolean { return localStorage.getItem(STORE) !== 'off' },
  set on(on: boolean) { localStorage.setItem(STORE, on ? 'on' : 'off') },
}

/** Read keystrokes as verbs. `G` waits a second for the letter that says where to go. */
export function reader(): (event: KeyboardEvent) => Verb | null {
  let going = -Infinity
  return (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return null
    if (event.key === 'Escape') return 'escape'
    if (inField(event.target) || !letters.on) return null
    if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) return 'help'
    const goes = event.timeStamp - going < SEQUENCE
    going = event.code === 'KeyG' ? event.timeStamp : -Infinity
    if (goes && PLACES[event.code]) return PLACES[event.code]!
    return event.shiftKey ? null : (LETTERS[event.code] ?? null)
  }
}
