import { expect, test, vi } from 'vitest'
import { here, settleInFrame } from './frame'

test('only in a frame on another site is what we ask for marked', () => {
  expect(here('/api/v1/me')).toBe('/api/v1/me')
  const replaceState = vi.fn()
  vi.stubGlobal('location', { search: '?shop=halo', href: 'https://bell.example/panel?shop=halo' })
  vi.stubGlobal('document', { documentElement: { lang: 'ru' } })
  vi.stubGlobal('history', { state: null, replaceState })
  settleInFrame()
  expect(here('/api/v1/me')).toBe('/api/v1/me?framed=1&lang=ru')
  expect(here('/api/v1/orders?limit=5')).toBe('/api/v1/orders?limit=5&framed=1&lang=ru')
  expect(replaceState).toHaveBeenCalledWith(null, '', 'https://bell.example/panel?shop=halo&framed=1')
  vi.unstubAllGlobals()
})
