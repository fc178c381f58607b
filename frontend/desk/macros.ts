/** What a text still lacks, as the server marks it; nothing goes out with it. */
const GAP = /⟦[^⟦⟧]*⟧/

export const lacks = (text: string): boolean => GAP.test(text)

/** A slash asks for the macros where a word would begin; within words and addresses it is a slash. */
export function asksForMacros(event: KeyboardEvent): boolean {
  const field = event.target
  if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey || !(field instanceof HTMLTextAreaElement)) return false
  const { value, selectionStart: from, selectionEnd: to } = field
  return from === to && /(^|\s)$/.test(value.slice(0, from)) && /^(\s|$)/.test(value.slice(to))
}
