() => {
  const words = (one) => one.textContent.replace(/\s+/g, ' ').trim()
  const all = (selector, of = document) => [...of.querySelectorAll(selector)]
  const cells = (section) =>
    all('table.rows tbody tr', section).map((row) => [...row.cells].map(words))
  const name = (section) => section.getAttribute('aria-labelledby')
  const figure = (one) => one.querySelector('[data-figure]').dataset.figure
  const sections = all('.board section')
  const drawn = all('.board .chart')
  return {
    figures: Object.fromEntries(
      all('ul.defined li').map((one) => [figure(one), words(one.querySelector('.worth'))]),
    ),
    tiles: all('ul.tiles li').map((one) => all('.figure, .moved', one).map(words)),
    tables: Object.fromEntries(sections.map((one) => [name(one), cells(one)])),
    said: Object.fromEntries(
      drawn.map((one) => [name(one.closest('section')), one.getAttribute('aria-label')]),
    ),
    bars: all('section[aria-labelledby=volume] .chart svg').map((one) =>
      all('text.total', one).map(words),
    ),
  }
}
