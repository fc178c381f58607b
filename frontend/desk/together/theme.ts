import { t } from '../../shared/i18n'
import type { Command } from './commands'

const THEMES = ['system', 'light', 'dark'] as const
const STORE = 'shopbell.desk.theme'

export function themes(): Command[] {
  return THEMES.map((theme) => ({ id: `theme_${theme}`, label: t(`team.theme_${theme}`), latin: `theme ${theme}`, run: () => choose(theme) }))
}

/** Colours of this screen, in this browser. */
function choose(theme: (typeof THEMES)[number]): void {
  if (theme === 'system') {
    localStorage.removeItem(STORE)
    delete document.documentElement.dataset.theme
  } else {
    localStorage.setItem(STORE, theme)
    document.documentElement.dataset.theme = theme
  }
}
