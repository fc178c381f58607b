import type { Down } from './frames'

export interface News {
  cursor: string
  frames: Down[]
}

const pause = 1_000

/** The way around a socket that cannot be opened: one request after another waits for news. */
export class Detour {
  private walk: object | undefined

  constructor(private readonly ask: () => Promise<News> | undefined, private readonly hear: (news: News) => void) {}

  /** Trouble ends it; whoever tries the socket again begins it again. */
  async begin(): Promise<void> {
    if (this.walk) return
    const mine = (this.walk = {})
    for (;;) {
      const news = await this.ask()?.catch(() => undefined)
      if (this.walk !== mine) return
      if (!news) return this.end()
      this.hear(news)
      await new Promise((on) => setTimeout(on, pause))
      if (this.walk !== mine) return
    }
  }

  end(): void {
    this.walk = undefined
  }
}
