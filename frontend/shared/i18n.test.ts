import { readFileSync } from 'node:fs'
import { beforeEach, describe, expect, test } from 'vitest'
import { fmt } from './fmt'
import { choose, has, learn, speak, t, type Key, type Loader } from './i18n'
import type { Lang } from './types'

function words(locale: Lang): Record<string, string> {
  const all = JSON.parse(readFileSync(new URL(`../../locales/${locale}.json`, import.meta.url), 'utf8')) as Record<string, Record<string, string>>
  return Object.fromEntries(Object.entries(all).flatMap(([section, texts]) => Object.entries(texts).map(([key, text]) => [`${section}.${key}`, text])))
}

const loader = Object.fromEntries((['en', 'zh', 'ru'] as const).map((one) => [one, async () => ({ default: words(one) })])) as Loader

beforeEach(() => learn('en', words('en')))

test('the page decides the language; an unknown one reads English', async () => {
  await speak(loader, 'zh-Hans')
  expect(t('thread.send')).toBe('发送')
  await speak(loader, 'fr')
  expect(t('thread.send')).toBe('Send')
})

test('facts are filled in', () => {
  expect(t('thread.typing', { who: 'Mei' })).toBe('Mei is typing')
})

test('Russian counts in three ways', () => {
  learn('ru', words('ru'))
  expect([1, 3, 5, 21, 112].map((n) => t('thread.to_end', { n }))).toEqual([
    '1 новое сообщение', '3 новых сообщения', '5 новых сообщений', '21 новое сообщение', '112 новых сообщений',
  ])
})

test('Chinese does not count', () => {
  learn('zh', words('zh'))
  expect(t('thread.to_end', { n: 1 })).toBe('1 条新消息')
})

test('a missing text shows its key rather than nothing', () => {
  expect(t('thread.no_such_text' as Key)).toBe('thread.no_such_text')
  expect(has('thread.no_such_text')).toBe(false)
})

test('titles come in the reader’s language, else in English, else in any', () => {
  learn('ru', {})
  expect(choose({ en: 'Lamp', ru: 'Лампа' })).toBe('Лампа')
  expect(choose({ en: 'Lamp', zh: '灯' })).toBe('Lamp')
  expect(choose({ zh: '灯' })).toBe('灯')
  expect(choose('Lamp')).toBe('Lamp')
  expect(choose(null)).toBe('')
})

describe('figures', () => {
  test('money in minor units, without idle zeros', () => {
    expect(fmt.money({ amount: 6490, currency: 'EUR' })).toBe('€64.90')
    expect(fmt.money({ amount: 48900, currency: 'CNY' })).toBe('CN¥489')
    expect(fmt.money({ amount: 1200, currency: 'JPY' })).toBe('¥1,200')
    learn('ru', words('ru'))
    expect(fmt.money({ amount: 649000, currency: 'RUB' }).replace(/\s/g, ' ')).toBe('6 490 ₽')
  })

  test('a calendar date is never moved by a time zone', () => {
    expect(fmt.date('2026-11-18')).toBe('November 18')
    expect(fmt.range('2026-11-18', '2026-11-20').replace(/\s/g, ' ')).toBe('November 18 – 20')
  })

  test('a Chinese range is in words', () => {
    learn('zh', words('zh'))
    expect(fmt.range('2026-11-19', '2026-11-20')).toBe('11月19日至20日')
    expect(fmt.range('2026-11-29', '2026-12-02')).toBe('11月29日至12月2日')
    expect(fmt.range('2026-12-30', '2027-01-02')).toBe('2026年12月30日至2027年1月2日')
  })

  test('seconds are shown when they matter', () => {
    expect(fmt.left(65_000)).toBe('1:05')
    expect(fmt.left(-65_000)).toBe('1:05')
    expect(fmt.left(12 * 60_000)).toBe('12 min')
    expect(fmt.left(125 * 60_000)).toBe('2 h 5 min')
    expect(fmt.left(72 * 3_600_000)).toBe('3 days')
    expect(fmt.left(72 * 3_600_000 - 90_000)).toBe('3 days')
  })
})
