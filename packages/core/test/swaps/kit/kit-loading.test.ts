import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const run = promisify(execFile)
const curves = '/@noble/curves/'

/** The modules that a Node process of its own loads for `file`. */
async function loadedBy(file: string): Promise<string> {
  const source = `
    import { registerHooks } from 'node:module'
    registerHooks({ load: (url, context, next) => { console.log(url); return next(url, context) } })
    await import(${JSON.stringify(new URL(file, import.meta.url).href)})`
  const options = ['--conditions=dev-source', '--input-type=module', '--eval', source]
  return (await run(process.execPath, options, { cwd: import.meta.dirname })).stdout
}

test('importing core loads no curve arithmetic; the kit does, at the first swap', async () => {
  const [core, kit] = await Promise.all([
    loadedBy('../../../src/index.ts'),
    loadedBy('../../../src/swaps/kit/index.ts'),
  ])
  expect(core).toContain('/core/src/index.ts')
  expect(core).not.toContain(curves)
  expect(core).not.toContain('/swaps/kit/')
  expect(kit).toContain(curves)
})
