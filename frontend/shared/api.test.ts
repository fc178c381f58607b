import { afterEach, expect, test, vi } from 'vitest'
import { api } from './api'

const answers = (body: string | null, status: number) => vi.stubGlobal('fetch', async () => new Response(body, { status }))

afterEach(() => void vi.unstubAllGlobals())

test('an answer that was cut in its middle is trouble with the line, not an answer', async () => {
  answers('{"items": [', 200)
  await expect(api.conversations()).rejects.toMatchObject({ code: 'offline', passing: true })
})

test('an answer without a body is one where none is due', async () => {
  answers(null, 204)
  expect(await api.signOut()).toBeUndefined()
})
