/** A part of the page; `content` is source. */
export function section(heading: string, note: string, content: string): string {
  const noted = note === '' ? '' : `<p class="note">${note}</p>\n`
  return `<section>\n<h2>${heading}</h2>\n${noted}${content}\n</section>`
}

/** Where the page's script draws. */
export function chart(id: string): string {
  return `<div class="chart" id="${id}"></div>`
}

/** As source that shows this text. */
export function text(plain: string): string {
  return plain.replaceAll(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`)
}

/** Nothing in a script or in JSON may end its element early; both read `\/` as `/`. */
export function inScript(source: string): string {
  return source.replaceAll('</', '<\\/')
}
