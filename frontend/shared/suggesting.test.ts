import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { api } from './api'
import { offline } from './problem'
import { Suggesting } from './suggesting.svelte'
import type { Suggestion, SubjectRef } from './types'

const teapot: SubjectRef = { kind: 'product', id: 'teapot' }
const answer = (id: string): Suggestion =>
  ({ id, kind: 'question', question: 'How heavy is it?', answer: '1.2 kg', source: 'Halo', locale: 'en', url: '/', at: null, conversation: null, due: null, original: '', written_in: null })

const asked = () => vi.mocked(api.suggest).mock.calls.map(([{ words }]) => words)
const told = () => vi.mocked(api.reportSuggestions).mock.calls.map(([report]) => report)
const ids = (one: Suggesting) => one.found.map(({ id }) => id)
const pause = () => vi.advanceTimersByTimeAsync(300)

beforeEach(() => {
  vi.useFakeTimers()
  vi.spyOn(api, 'suggest').mockResolvedValue([answer('answer.1'), answer('answer.2')])
  vi.spyOn(api, 'reportSuggestions').mockResolvedValue(undefined)
})
afterEach(() => void vi.useRealTimers())

test('what is typed is looked up once, when there is a pause, and not for less than three signs', async () => {
  const one = new Suggesting(teapot, true)
  for (const words of ['h', 'ho', 'how', 'how h', 'how heavy']) one.type(words)
  await pause()
  one.type('ho')
  await pause()
  expect(asked()).toEqual(['how heavy'])
  expect(ids(one)).toEqual([])
})

test('an answer that comes late says nothing about other words', async () => {
  const one = new Suggesting(teapot, true)
  let late = (_: Suggestion[]) => {}
  vi.mocked(api.suggest).mockReturnValueOnce(new Promise((resolve) => (late = resolve)))
  one.type('how heavy')
  await pause()
  one.type('is it blue')
  late([answer('answer.late')])
  await pause()
  expect(ids(one)).toEqual(['answer.1', 'answer.2'])
})

test('what helped is counted with all that was shown, and can be taken back with the words', async () => {
  const one = new Suggesting(teapot, true)
  one.type('how heavy')
  await pause()
  one.helped('answer.1', 'how heavy')
  one.type('')
  expect(told()[0]).toEqual({ subject: teapot, shown: ['answer.1', 'answer.2'], helped: 'answer.1' })
  expect([ids(one), one.undo()]).toEqual([[], 'how heavy'])
  expect(told().at(-1)).toMatchObject({ undone: 'answer.1' })
  expect(one.kept).toBeUndefined()
})

test('what answers something else stays away, whatever is typed then', async () => {
  const one = new Suggesting(teapot, true)
  one.type('how heavy')
  await pause()
  expect(await one.mislead('answer.1')).toBe(true)
  one.type('how heavy is it')
  await pause()
  expect(ids(one)).toEqual(['answer.2'])
})

test('words that went out are the end of it: what was shown is told once', async () => {
  const one = new Suggesting(teapot, true)
  one.type('how heavy')
  await pause()
  one.type('')
  one.close()
  expect(told()).toEqual([{ subject: teapot, shown: ['answer.1', 'answer.2'] }])
})

test('strangers are shown answers and are not counted; without a line nothing is shown', async () => {
  const stranger = new Suggesting(teapot, false)
  stranger.type('how heavy')
  await pause()
  stranger.helped('answer.1', 'how heavy')
  expect(told()).toEqual([])
  vi.mocked(api.suggest).mockRejectedValue(offline())
  stranger.type('how big')
  await pause()
  expect(ids(stranger)).toEqual([])
  vi.mocked(api.reportSuggestions).mockRejectedValue(offline())
  expect(await new Suggesting(teapot, true).mislead('answer.1')).toBe(false)
})

test('what somebody looks at is told with what they type', async () => {
  const one = new Suggesting(teapot, true, 'blue')
  one.type('how heavy')
  await pause()
  expect(api.suggest).toHaveBeenCalledWith({ subject: teapot, words: 'how heavy', variant: 'blue' })
})

test('who looks at another choice is looked up again for that', async () => {
  const one = new Suggesting(teapot, true, 'blue')
  one.type('how heavy')
  await pause()
  one.choose('green')
  one.choose('green')
  await pause()
  expect(vi.mocked(api.suggest).mock.calls.map(([{ variant }]) => variant)).toEqual(['blue', 'green'])
})
