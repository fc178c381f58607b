// Comforts of a guided form: chosen photos are shown, what is missing is said at once, and a
// second click sends nothing. The server checks all of it again, and says the same without a script.

/** Show what was chosen under its input, until the page has it. */
function preview(input: HTMLInputElement) {
  const shown = document.createElement('ul')
  shown.className = 'kept'
  input.after(shown)
  input.addEventListener('change', () => {
    for (const old of shown.querySelectorAll('img')) URL.revokeObjectURL(old.src)
    shown.replaceChildren(...[...(input.files ?? [])].filter((file) => file.type.startsWith('image/')).map(picture))
  })
}

function picture(file: File) {
  const row = document.createElement('li')
  const image = document.createElement('img')
  image.src = URL.createObjectURL(file)
  image.alt = file.name
  image.width = image.height = 56
  row.append(image)
  return row
}

/** Say beside a question that it has no answer yet, in the words the server would use, and tie them to it. */
function point(field: HTMLInputElement | HTMLTextAreaElement, words: string) {
  const question = field.closest('.question')
  if (!question || question.querySelector('.wrong')) return
  const said = document.createElement('p')
  said.className = 'wrong'
  said.role = 'alert'
  said.id = `${field.name}-bad`
  said.textContent = words
  question.querySelector('legend, .field')?.after(said)
  const asked = field.type === 'radio' ? question : field
  asked.setAttribute('aria-invalid', 'true')
  asked.setAttribute('aria-describedby', said.id)
  const answered = () => {
    said.remove()
    for (const name of ['aria-invalid', 'aria-describedby']) asked.removeAttribute(name)
  }
  question.addEventListener('input', answered, { once: true })
}

const REPEATED = 2_000

/** Tell a second click from a new attempt: what was cut off may be sent again a little later. */
export function once() {
  let last = -Infinity
  return (at: number): boolean => {
    if (at - last < REPEATED) return false
    last = at
    return true
  }
}

export function guide(form: HTMLFormElement) {
  form.querySelectorAll<HTMLInputElement>('input[data-preview]').forEach(preview)
  const first = once()
  form.addEventListener('submit', (event) => {
    const going = (event.submitter as HTMLButtonElement | null)?.formNoValidate !== true
    const missing = going ? [...form.querySelectorAll<HTMLInputElement | HTMLTextAreaElement>(':required:invalid')] : []
    for (const field of missing) point(field, (field.type === 'radio' ? form.dataset.choose : form.dataset.fill) ?? '')
    missing[0]?.focus()
    if (missing.length || !first(event.timeStamp)) event.preventDefault()
  })
  form.querySelector('[role=alert]')?.scrollIntoView({ block: 'center' })
}
