import { expect, test, vi } from 'vitest'

vi.stubGlobal('location', { pathname: '/me', origin: 'https://shop.example' })
const { pageAt } = await import('./place.svelte')

test.each([
  ['/me', { at: 'overview' }],
  ['/me/', { at: 'overview' }],
  ['/me/orders', { at: 'orders' }],
  ['/me/messages', { at: 'messages' }],
  ['/me/cases', { at: 'cases' }],
  ['/me/messages/01a2', { at: 'talk', id: '01a2' }],
  ['/me/orders/2026-1', { at: 'nowhere' }],
  ['/me/letters', { at: 'nowhere' }],
  ['/', { at: 'nowhere' }],
  ['/mean', { at: 'nowhere' }],
])('%s', (path, page) => expect(pageAt(path)).toEqual(page))
