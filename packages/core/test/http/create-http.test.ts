import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import type { Http } from '@payment-node/core'
import { expect, test } from 'vitest'
import { createHttp } from '../../src/http/create-http.ts'
import { readHttpOptions } from '../../src/http/http-options.ts'
import { openWeb } from './web.ts'

const bounds = { purpose: 'fees', timeout: 10_000, maximumBytes: 1000, redirects: 0 } as const

test('the client of the options is used as it is, and the own one with its exceptions', async () => {
  const replacement: Http = {
    contractVersion: 1,
    request: async ({ url }) => ({ status: 200, headers: {}, body: url }),
  }
  expect(createHttp(readHttpOptions(replacement))).toBe(replacement)

  const { port } = await openWeb((_, response) => void response.end('hello'))
  const url = `http://127.0.0.1:${port}/`
  const allow = [{ host: '127.0.0.1', port, insecure: true }]
  const own = createHttp(readHttpOptions({ allow }))
  expect((await own.request({ method: 'GET', url, ...bounds })).body).toBe('hello')
  const guarded = createHttp(readHttpOptions(undefined))
  await expect(guarded.request({ method: 'GET', url, ...bounds })).rejects.toMatchObject({
    code: 'http.refused',
    details: { host: '127.0.0.1', reason: 'insecure' },
    isRetryable: false,
  })
})

test('importing core does not load the client, the first request does', async () => {
  // undici is CommonJS: what is loaded of it can be seen.
  const source = `
    import { createRequire } from 'node:module'
    import * as core from '@payment-node/core'
    import { createHttp } from './src/http/create-http.ts'
    const { cache } = createRequire(import.meta.filename ?? process.cwd() + '/x.js')
    const isLoaded = () => Object.keys(cache).some((file) => file.includes('undici'))
    const before = isLoaded()
    const http = createHttp({ allow: [] })
    await http.request({ method: 'GET', url: 'ftp://x', timeout: 1, maximumBytes: 1, redirects: 0 }).catch(() => {})
    console.log(typeof core.createPaymentNode, before, isLoaded())`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=dev-source', '--input-type=module', '-e', source],
    { cwd: new URL('../..', import.meta.url) },
  )
  expect(stdout.trim()).toBe('function false true')
})
