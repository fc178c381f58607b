import { newId } from './ids'

export interface Toast {
  id: string
  text: string
  tone: 'plain' | 'bad'
  action?: { label: string; run: () => void }
}

export const toasts = $state<Toast[]>([])

export function toast(text: string, options: Partial<Pick<Toast, 'tone' | 'action'>> & { ms?: number } = {}): void {
  const { ms = 6_000, tone = 'plain', action } = options
  const id = newId()
  toasts.push({ id, text, tone, ...(action ? { action } : {}) })
  setTimeout(() => dismiss(id), ms)
}

export function dismiss(id: string): void {
  const at = toasts.findIndex((one) => one.id === id)
  if (at >= 0) toasts.splice(at, 1)
}
