/**
 * What a key does, and where it lies by itself: one line per verb, and the only place. Keys go by where they lie, not by
 * what is printed on them: they work in Russian and Chinese layouts too. A code behind `KeyG` is pressed after G.
 * What a verb is called stands in the words as `team.do_…`.
 */
export const VERBS = {
  next: 'KeyJ', previous: 'KeyK', reply: 'KeyR', note: 'KeyN', resolve: 'KeyE',
  first: 'Digit1', second: 'Digit2', third: 'Digit3', facts: 'KeyO', search: 'Slash',
  assign: 'KeyA', tag: 'KeyT', snooze: 'KeyH', pick: 'KeyX', macros: 'KeyM',
  inbox: 'KeyG KeyI', cases: 'KeyG KeyC',
} as const

export type Movable = keyof typeof VERBS
/** Beside those that can be moved: the list of keys, the command menu, and a way out. */
export type Verb = Movable | 'help' | 'menu' | 'escape'
export type Places = Record<Movable, string>

const SEQUENCE = 1000
const STORE = 'shopbell.desk.keys'

interface Kept { letters: boolean; keys: Partial<Places> }

/** By which keys this person works: kept by the server, and here, so that the first keystroke need not ask. */
export const keymap = {
  get kept(): Kept {
    try {
      return { letters: true, keys: {}, ...(JSON.parse(localStorage.getItem(STORE) ?? '{}') as object) }
    } catch {
      return { letters: true, keys: {} }
    }
  },
  set kept(kept: Kept) { localStorage.setItem(STORE, JSON.stringify(kept)) },
  get places(): Places { return { ...VERBS, ...this.kept.keys } },
}

const inField = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'))

/** What was moved by hand outranks what lies there by itself. */
function verbAt(code: string): Movable | null {
  const { keys } = keymap.kept
  const verbs = Object.keys(VERBS) as Movable[]
  return verbs.find((verb) => keys[verb] === code) ?? verbs.find((verb) => !keys[verb] && VERBS[verb] === code) ?? null
}

/** Read keystrokes as verbs. `G` waits a second for the letter that says where to go. */
export function reader(): (event: KeyboardEvent) => Verb | null {
  let going = -Infinity
  return (event) => {
    if (event.isComposing || event.altKey) return null
    if (event.ctrlKey || event.metaKey) return event.code === 'KeyK' && !event.shiftKey ? 'menu' : null
    if (event.key === 'Escape') return 'escape'
    if (inField(event.target) || !keymap.kept.letters) return null
    if (event.key === '?' || (event.code === 'Slash' && event.shiftKey)) return 'help'
    const goes = event.timeStamp - going < SEQUENCE
    going = event.code === 'KeyG' ? event.timeStamp : -Infinity
    const gone = goes && verbAt(`KeyG ${event.code}`)
    if (gone) return gone
    return event.shiftKey ? null : verbAt(event.code)
  }
}
