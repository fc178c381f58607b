// The page around the frame. It is spoken to only through the port it hands over.
import { wishes, type Ask } from './ask'

type Word = ({ t: 'ask' } & Ask) | { t: 'hidden' }

let port: MessagePort | undefined
let hear: (ask: Ask) => void = () => {}
let missed: Ask | undefined
/** Whoever closed the window has their focus back on the page: nothing in here may take it again. */
let hidden = false

addEventListener('message', ({ data, source, ports }: MessageEvent<{ t?: string }>) => {
  if (data?.t !== 'hello' || source !== parent || port) return
  port = ports[0]!
  port.onmessage = ({ data: word }: MessageEvent<Word>) => {
    hidden = word.t === 'hidden'
    if (word.t !== 'ask') return
    const { t, ...ask } = word
    missed = ask
    hear(ask)
  }
})

export const host = {
  framed: window !== parent,
  get hidden(): boolean { return hidden },
  close(): void {
    hidden = true
    port?.postMessage({ t: 'close' })
  },
  unread: (n: number): void => port?.postMessage({ t: 'unread', n }),
  onask(listener: (ask: Ask) => void): void {
    hear = listener
    if (missed) listener(missed)
  },
}

/** What the frame's address already tells. */
export function firstAsk(): Ask {
  const facts = new URLSearchParams(location.search)
  return Object.fromEntries(wishes.flatMap((name) => (facts.get(name) ? [[name, facts.get(name)!]] : [])))
}
