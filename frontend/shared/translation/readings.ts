import { api } from '../api'
import type { Thread } from '../thread.svelte'
import { Reading } from './reading.svelte'

const readings = new WeakMap<Thread, Reading>()

/** One for each thread, however many of its messages are shown. */
export function readingOf(thread: Thread): Reading {
  const found = readings.get(thread) ?? new Reading((seqs, again) => api.translations(thread.stream, { seqs, again }))
  readings.set(thread, found)
  return found
}
