import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Insist } from './insist'
import { offline, Problem } from './problem'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A question whose answers are given one by one. */
function asked() {
  const answers: { give: (answer: string) => void; fail: (trouble: Error) => void }[] = []
  const heard: string[] = []
  const question = new Insist(() => new Promise<string>((give, fail) => answers.push({ give, fail })), (answer) => heard.push(answer))
  const wait = (ms: number) => vi.advanceTimersByTimeAsync(ms)
  void question.now()
  return { question, answers, heard, wait }
}

test('a question that fails is asked again, later each time, until it is answered', async () => {
  const { answers, heard, wait } = asked()
  for (const pause of [1_000, 2_000, 4_000]) {
    answers.at(-1)!.fail(offline())
    await wait(pause - 1)
    const before = answers.length
    await wait(1)
    expect(answers).toHaveLength(before + 1)
  }
  answers.at(-1)!.give('here')
  await wait(60_000)
  expect([heard, answers.length]).toEqual([['here'], 4])
})

test('asked anew, the answer to the earlier question does not count', async () => {
  const { question, answers, heard, wait } = asked()
  void question.now()
  answers[1]!.give('new')
  answers[0]!.give('old')
  await wait(0)
  expect(heard).toEqual(['new'])
})

test('whoever asked earlier waits for the answer that counts', async () => {
  const { question, answers, heard, wait } = asked()
  const seen: string[][] = []
  const before = question.now().then(() => seen.push([...heard]))
  void question.now()
  answers[1]!.give('old')
  await wait(0)
  expect(seen).toEqual([])
  answers[2]!.give('new')
  await before
  expect(seen).toEqual([['new']])
})

test('a refusal is an answer, and after stop there is none', async () => {
  const { question, answers, heard, wait } = asked()
  answers[0]!.fail(new Problem({ code: 'not_yours', title: '', detail: '', status: 404 }))
  await wait(60_000)
  expect(answers).toHaveLength(1)
  void question.now()
  question.stop()
  answers[1]!.give('late')
  await wait(60_000)
  expect([heard, answers.length]).toEqual([[], 2])
})
