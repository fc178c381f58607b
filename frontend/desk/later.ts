/** An act that waits until it can no longer be undone, and happens at once when the page is left. */
export class Later {
  readonly #waiting = new Map<string, { act: () => void; timer: ReturnType<typeof setTimeout> }>()

  constructor(readonly patience = 6000) {}

  put(key: string, act: () => void): void {
    this.now(key)
    this.#waiting.set(key, { act, timer: setTimeout(() => this.now(key), this.patience) })
  }

  /** Take it back; true if it had not happened yet. */
  undo(key: string): boolean {
    clearTimeout(this.#waiting.get(key)?.timer)
    return this.#waiting.delete(key)
  }

  has(key: string): boolean {
    return this.#waiting.has(key)
  }

  now(key: string): void {
    const put = this.#waiting.get(key)
    if (put && this.undo(key)) put.act()
  }

  flush(): void {
    for (const key of [...this.#waiting.keys()]) this.now(key)
  }
}
