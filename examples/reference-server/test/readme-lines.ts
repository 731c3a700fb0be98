/** The shell blocks of a Markdown text, in order. */
export function shellBlocks(markdown: string): string[] {
  return [...markdown.matchAll(/^```sh\n(.*?)\n```$/gms)].map(([, block]) => block!)
}

/** `METHOD /path` of every call of a block: `api` and `curl` as the README uses them. */
export function callsOf(block: string): string[] {
  const joined = block.replaceAll('\\\n', ' ')
  return [...joined.matchAll(/\b(?:api|curl)\b([^|;\n]*?)"?\$URL(\/[^\s"|)]*)([^|\n]*)/g)].map(
    ([, before, path, after]) => {
      const given = /-X (\w+)/.exec(before!)?.[1]
      const method = given ?? (/(^|\s)-d /.test(`${before} ${after}`) ? 'POST' : 'GET')
      return `${method} ${path!.replace(/\?.*/, '')}`
    },
  )
}

/** Whether a call is one of that route: `$INVOICE` and the like stand for a parameter. */
export function isCallOf(
  call: string,
  { method, path }: { method: string; path: string },
): boolean {
  const pattern = path.replace(/[.]/g, '\\.').replace(/\{[^}]+\}/g, '[^/]+')
  return new RegExp(`^${method} ${pattern}$`).test(call)
}
