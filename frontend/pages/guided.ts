// Two comforts of a guided form: chosen photos are shown, and it is sent only once.

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

export function guide(form: HTMLFormElement) {
  form.querySelectorAll<HTMLInputElement>('input[data-preview]').forEach(preview)
  let sent = false
  form.addEventListener('submit', (event) => {
    if (sent) event.preventDefault()
    sent = true
  })
  addEventListener('pageshow', () => (sent = false))
  form.querySelector<HTMLElement>('[role=alert]')?.scrollIntoView({ block: 'center' })
}
