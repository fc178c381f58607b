import type { components } from './wire'

type Wire = components['schemas']

/** The frames of the socket (PROTOCOL 3–5 and 8), JSON text with the tag `t`. */
export type Up = Wire['Up']
export type Down = Wire['Down']

export type Presence = Omit<Wire['Presence'], 't'>
export type Cursor = Omit<Wire['Cursor'], 't'>
export type Typing = Omit<Wire['Types'], 't'>
export type Called = Omit<Wire['Called'], 't'>
