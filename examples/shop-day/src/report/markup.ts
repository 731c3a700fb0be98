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
function inScript(source: string): string {
  return source.replaceAll('</', '<\\/')
}

/** A page that needs nothing from elsewhere; `head`, `body` and `scripts` are source, `title` is text. */
export function wholePage(parts: {
  readonly title: string
  readonly style: string
  readonly body: string
  /** Of a page that is served: what its script shows to be let in. */
  readonly token?: string
  readonly scripts: readonly string[]
}): string {
  const { title, style, body, token, scripts } = parts
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>
${style}</style>
</head>
<body${token === undefined ? '' : ` data-token="${text(token)}"`}>
<main>
${body}
</main>
${scripts.map((source) => `<script>${inScript(source)}</script>`).join('\n')}
</body>
</html>
`
}

/** Data for the page's script. */
export function jsonScript(id: string, json: string): string {
  return `<script type="application/json" id="${text(id)}">${inScript(json)}</script>`
}
