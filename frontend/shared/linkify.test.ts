import { expect, test } from 'vitest'
import { linkify } from './linkify'

const links = (text: string) => linkify(text).flatMap((piece) => piece.href ?? [])

test('plain words stay one piece', () => {
  expect(linkify('Does it fit a 220 V socket?')).toEqual([{ text: 'Does it fit a 220 V socket?' }])
})

test('an address becomes a link and the rest stays text', () => {
  expect(linkify('See https://halo.example/lamp?v=2, please')).toEqual([
    { text: 'See ' },
    { text: 'https://halo.example/lamp?v=2', href: 'https://halo.example/lamp?v=2' },
    { text: ', please' },
  ])
})

test('the full stop, Chinese or Latin, belongs to the sentence', () => {
  expect(links('请看https://halo.example/灯。谢谢')).toEqual(['https://halo.example/灯'])
  expect(links('(https://halo.example/a).')).toEqual(['https://halo.example/a'])
  expect(links('https://en.example/Lamp_(light)')).toEqual(['https://en.example/Lamp_(light)'])
})

test('nothing but web addresses becomes a link', () => {
  expect(links('javascript:alert(1) data:text/html,x <a href="https://x.example">')).toEqual(['https://x.example'])
})

test('no character is lost', () => {
  const text = 'a https://a.example/b. <b>c</b> https://d.example)e'
  expect(linkify(text).map((piece) => piece.text).join('')).toBe(text)
})
