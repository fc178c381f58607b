import { t } from './i18n'
import { toast } from './toast.svelte'

/** Put words on the clipboard and say so. A browser may forbid it: then it is said how else. */
export async function copy(words: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(words)
    toast(t('thread.copied'), { ms: 2_000 })
  } catch {
    toast(t('thread.not_copied'), { tone: 'bad' })
  }
}
