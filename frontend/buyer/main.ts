import '@fontsource-variable/onest'
import '../shared/tokens.css'
import '../shared/base.css'
import words from 'words:buyer'
import { mount } from 'svelte'
import { boot } from '../shared/boot'
import { speak } from '../shared/i18n'
import { keepShell, stayTold } from '../shared/notices'
import { takeSeat } from '../shared/seat'
import Buyer from './Buyer.svelte'

async function open(): Promise<void> {
  if (!boot.person) return location.replace(`/sign-in?next=${encodeURIComponent(location.pathname)}`)
  const [seat] = await Promise.all([takeSeat(boot.person), speak(words)])
  mount(Buyer, { target: document.getElementById('app') ?? document.body, props: { seat } })
  stayTold()
  // who keeps these pages like a program opens them without a line, too; a visitor's browser is left alone
  if (matchMedia('(display-mode: standalone)').matches) void keepShell(document.documentElement.lang).catch(() => {})
}

void open()
