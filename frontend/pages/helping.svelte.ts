// Who asks on a product's page has the same help as in the chat window: what was answered already.
import { mount } from 'svelte'
import words from 'words:suggest'
import { speak } from '../shared/i18n'
import Suggested from '../shared/Suggested.svelte'
import type { Asking } from '../shared/suggested'
import { toasts } from '../shared/toast.svelte'

export async function help(form: HTMLFormElement): Promise<void> {
  await speak(words)
  const field = form.querySelector('textarea')!
  const { suggest: id = '', counted = '' } = form.dataset
  const choice = form.querySelector('select')
  let text = $state(field.value)
  let variant = $state(choice?.value ?? form.dataset.variant ?? '')
  choice?.addEventListener('change', () => (variant = choice.value))
  field.addEventListener('input', () => (text = field.value))
  const asking: Asking = {
    subject: { kind: 'product', id },
    get variant() { return variant },
    counted: counted !== '',
    get text() { return text },
    set text(words) { field.value = text = words },
    ask: () => form.requestSubmit(),
    keep: () => {},
    go: (talk) => location.assign(`/me/messages/${talk}`),
  }
  mount(Suggested, { target: form, anchor: form.querySelector('.field')!, props: { asking } })
  tell(form)
}

/** This page has no place where news pass by: the newest stands below the field. */
function tell(form: HTMLFormElement): void {
  const told = document.createElement('p')
  told.className = 'small muted'
  told.role = 'status'
  form.append(told)
  $effect.root(() => {
    $effect(() => void (told.textContent = toasts.at(-1)?.text ?? ''))
  })
}
