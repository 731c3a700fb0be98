import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'

const require = createRequire(import.meta.url)
const parts = {
  charts: () => new URL('./charts.browser.js', import.meta.url),
  echarts: () => require.resolve('echarts/dist/echarts.min.js'),
  shared: () => new URL('./shared.browser.js', import.meta.url),
  style: () => new URL('./page.css', import.meta.url),
  'two-shops': () => new URL('./two-shops.browser.js', import.meta.url),
}

/** The source of a part of the page. */
export function pageFile(name: keyof typeof parts): string {
  return readFileSync(parts[name](), 'utf8')
}
