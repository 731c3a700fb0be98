/** The lines between the two markers of the source. */
export function codeOf(source: string): string[] {
  const lines = source.split('\n')
  return lines.slice(lines.indexOf('// readme: begin') + 1, lines.indexOf('// readme: end'))
}

/** The Markdown code block that begins with that line; undefined when there is none. */
export function shownIn(markdown: string, firstLine: string): string[] | undefined {
  const blocks = [...markdown.matchAll(/^```ts\n(.*?)\n```$/gms)]
  const found = blocks.map(([, code]) => code!.split('\n'))
  return found.find(([first]) => first === firstLine)
}
