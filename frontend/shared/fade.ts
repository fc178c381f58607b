/** Show a placeholder only if the wait is long enough to be noticed. */
export function fade(node: HTMLElement): () => void {
  node.style.visibility = 'hidden'
  const timer = setTimeout(() => (node.style.visibility = ''), 150)
  return () => clearTimeout(timer)
}
