import './host'
import '../shared/tokens.css'
import '../shared/base.css'
import './panel.css'
import { mount } from 'svelte'
import words from 'words:panel'
import { boot } from '../shared/boot'
import { settleInFrame } from '../shared/frame'
import { speak } from '../shared/i18n'
import Panel from './Panel.svelte'

if (boot.framed) settleInFrame()
await speak(words)
mount(Panel, { target: document.body })
