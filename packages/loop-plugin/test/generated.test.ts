import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { generateDescriptor } from '../scripts/generate-protocol.ts'

test('the descriptor is what proto/ says', async () => {
  const file = new URL('../src/generated/descriptor.ts', import.meta.url)
  expect(generateDescriptor()).toBe(await readFile(file, 'utf8'))
})
