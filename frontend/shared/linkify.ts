export interface Piece { text: string; href?: string }

const url = /https?:\/\/[^\s<>"'）】」，。；！？]+/gi
const trailing = /[.,;:!?)\]}'"]+$/

/** Cut a message into plain text and web addresses. The pieces become text nodes and anchors, never HTML. */
export function linkify(text: string): Piece[] {
  const pieces: Piece[] = []
  let end = 0
  for (const match of text.matchAll(url)) {
    const href = match[0].replace(trailing, (tail) => (tail.startsWith(')') && match[0].includes('(') ? ')' : ''))
    if (match.index > end) pieces.push({ text: text.slice(end, match.index) })
    pieces.push({ text: href, href })
    end = match.index + href.length
  }
  if (end < text.length) pieces.push({ text: text.slice(end) })
  return pieces
}
