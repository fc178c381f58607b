import { beforeEach, expect, test, vi } from 'vitest'
import { keymap, reader } from './keys'

class Field {
  isContentEditable = false
  matches = () => true
}

beforeEach(() => {
  const kept = new Map<string, string>()
  vi.stubGlobal('HTMLElement', Field)
  vi.stubGlobal('localStorage', { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, text: string) => kept.set(key, text) })
})

const press = (code: string, more: Partial<KeyboardEvent> = {}) => ({ code, key: '', timeStamp: 0, target: null, ...more }) as KeyboardEvent

test('a key is known by its place: the letter о of a Russian keyboard is J', () => {
  expect(reader()(press('KeyJ', { key: 'о' }))).toBe('next')
})

test('the question mark is found wherever the layout has it', () => {
  expect(reader()(press('Digit7', { key: '?', shiftKey: true }))).toBe('help')
  expect(reader()(press('Slash', { key: ',', shiftKey: true }))).toBe('help')
})

test('G then I goes to the inbox, but not after a pause', () => {
  const read = reader()
  expect([read(press('KeyG')), read(press('KeyI', { timeStamp: 900 }))]).toEqual([null, 'inbox'])
  expect([read(press('KeyG', { timeStamp: 2000 })), read(press('KeyI', { timeStamp: 3100 }))]).toEqual([null, null])
})

test('in a field letters are letters, and only Escape is heard', () => {
  const target = new Field() as unknown as EventTarget
  expect(reader()(press('KeyE', { target }))).toBeNull()
  expect(reader()(press('Escape', { target, key: 'Escape' }))).toBe('escape')
})

test('shortcuts of the browser and words being composed are left alone', () => {
  expect(reader()(press('KeyR', { ctrlKey: true }))).toBeNull()
  expect(reader()(press('KeyN', { isComposing: true }))).toBeNull()
})

test('single letters can be switched off', () => {
  keymap.kept = { letters: false, keys: {} }
  expect(reader()(press('KeyE'))).toBeNull()
  keymap.kept = { letters: true, keys: {} }
  expect(reader()(press('KeyE'))).toBe('resolve')
})

test('a verb that was laid elsewhere leaves its old key, and outranks what lies there', () => {
  keymap.kept = { letters: true, keys: { resolve: 'KeyJ', inbox: 'KeyG KeyE' } }
  const read = reader()
  expect([read(press('KeyE')), read(press('KeyJ'))]).toEqual([null, 'resolve'])
  expect([read(press('KeyG')), read(press('KeyE', { timeStamp: 10 }))]).toEqual([null, 'inbox'])
  expect([read(press('KeyG', { timeStamp: 5000 })), read(press('KeyI', { timeStamp: 5010 }))]).toEqual([null, null])
})

test('the command menu opens from anywhere, with Ctrl or ⌘, and other shortcuts of the browser stay', () => {
  const target = new Field() as unknown as EventTarget
  expect([press('KeyK', { ctrlKey: true, target }), press('KeyK', { metaKey: true })].map((event) => reader()(event))).toEqual(['menu', 'menu'])
  expect(reader()(press('KeyJ', { ctrlKey: true }))).toBeNull()
})

test('what this browser has kept badly does not take the keys away', () => {
  localStorage.setItem('shopbell.desk.keys', '{broken')
  expect(reader()(press('KeyE'))).toBe('resolve')
})

test('a possible answer is taken by its number, but a number in a field is a number', () => {
  expect(['Digit1', 'Digit2', 'Digit3', 'Digit4'].map((code) => reader()(press(code)))).toEqual(['first', 'second', 'third', null])
  expect(reader()(press('Digit1', { target: new Field() as unknown as EventTarget }))).toBeNull()
})
