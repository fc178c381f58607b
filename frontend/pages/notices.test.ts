import { expect, test } from 'vitest'
import { hindrance } from './notices'

const never = (): NotificationPermission => { throw new Error('a browser without notices has no permission to read') }

test('what keeps a browser from being told is said in its own words', () => {
  expect(hindrance(false, true, never)).toBe('insecure')
  expect(hindrance(true, false, never)).toBe('unsupported')
  expect(hindrance(true, true, () => 'denied')).toBe('denied')
  expect(hindrance(true, true, () => 'default')).toBeNull()
  expect(hindrance(true, true, () => 'granted')).toBeNull()
})
