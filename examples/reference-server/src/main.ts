import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { PaymentNodeError } from '@payment-node/core'
import { prometheusMetrics } from '@payment-node/http-api'
import { jsonLogger } from './json-logger.ts'
import { serve } from './serve.ts'

const { values } = parseArgs({
  options: {
    simulated: { type: 'boolean', default: false },
    regtest: { type: 'boolean', default: false },
    port: { type: 'string', default: process.env.PORT ?? '8100' },
  },
})
const isPlayground = values.simulated || values.regtest
const folder = isPlayground
  ? mkdtempSync(join(tmpdir(), 'reference-server-'))
  : (process.env.DATA ?? '.')
mkdirSync(folder, { recursive: true })
const metrics = prometheusMetrics()
const options = { meter: metrics.meter, folder }
try {
  const world = values.simulated
    ? await (await import('./simulated-world.ts')).simulatedWorld(options)
    : values.regtest
      ? await (await import('./regtest-world.ts')).regtestWorld(options)
      : await (await import('./real-world.ts')).realWorld(options)
  const port = Number(values.port)
  const server = await serve({ world, metrics, folder, port, logger: jsonLogger })
  const { url, operatorKey } = server
  console.log(
    operatorKey === undefined
      ? `Listening on ${url}; keys: pnpm --filter @payment-node/example-reference-server keys`
      : `Paste this into another terminal, then any line of the README:\n\n  export URL=${url} KEY=${operatorKey} DATA=${folder}\n`,
  )
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  await server.stop()
} catch (error) {
  // Advice is part of the library's messages; a trace would hide it.
  console.error(PaymentNodeError.is(error) ? error.message : error)
  process.exitCode = 1
} finally {
  if (isPlayground) rmSync(folder, { recursive: true, force: true })
}
