import '@fontsource-variable/onest'
import '../shared/tokens.css'
import '../shared/base.css'
import words from 'words:desk'
import { mount } from 'svelte'
import { boot } from '../shared/boot'
import { speak } from '../shared/i18n'
import { keepShell, stayTold } from '../shared/notices'
import { takeSeat } from '../shared/seat'
import Desk from './Desk.svelte'

/** Colours of this screen that were chosen in the command menu. */
const theme = localStorage.getItem('shopbell.desk.theme')
if (theme) document.documentElement.dataset.theme = theme

async function open(): Promise<void> {
  if (!boot.person) return location.replace(`/sign-in?next=${encodeURIComponent(location.pathname)}`)
  const [seat] = await Promise.all([takeSeat(boot.person), speak(words)])
  mount(Desk, { target: document.getElementById('app') ?? document.body, props: { seat } })
  stayTold()
  void keepShell(document.documentElement.lang).catch(() => {})
}

void open()
