import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { generateProtocol } from '../scripts/generate-protocol.ts'

test('src/generated is what proto/ makes', () => {
  for (const [file, text] of generateProtocol()) {
    const written = readFileSync(new URL(`../src/generated/${file}`, import.meta.url), 'utf8')
    expect(written, `${file} is old: run pnpm --filter @payment-node/lnd-adapter generate`).toBe(
      text,
    )
  }
})
