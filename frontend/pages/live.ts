/** A form that says while one writes what its button would say: the server looks, and nothing is kept. */
const PAUSE = 500

export function enliven(form: HTMLFormElement) {
  const shown = form.querySelector('[data-checked]')
  let turn = 0
  let timer = 0

  async function look(mine: number) {
    const body = new FormData(form)
    body.set('do', 'check')
    const answer = await fetch(form.action, { method: 'POST', body }).catch(() => null)
    if (!answer || mine !== turn || answer.redirected) return
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const news = page.querySelector('[data-checked]')
    if (news && mine === turn) shown?.replaceChildren(...news.childNodes)
  }

  form.addEventListener('input', () => {
    clearTimeout(timer)
    const mine = ++turn
    timer = window.setTimeout(() => void look(mine), PAUSE)
  })
}
