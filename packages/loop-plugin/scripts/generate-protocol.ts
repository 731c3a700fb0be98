import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import protobuf from 'protobufjs'

// Writes src/generated from proto/. A test runs it again and compares.

const file = fileURLToPath(new URL('../proto/client.proto', import.meta.url))
const generated = fileURLToPath(new URL('../src/generated/descriptor.ts', import.meta.url))

/** Text of `src/generated/descriptor.ts`. */
export function generateDescriptor(): string {
  const root = new protobuf.Root()
  root.loadSync(file, { keepCase: true })
  root.resolveAll()
  const text = `// Written by scripts/generate-protocol.ts from proto/; change that file instead.

/** The messages and the service of proto/, as proto-loader's \`fromJSON\` takes them. */
export const descriptor: object = ${JSON.stringify(root.toJSON())}
`
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome')
  return execFileSync(process.execPath, [biome, 'format', `--stdin-file-path=${generated}`], {
    input: text,
    encoding: 'utf8',
  })
}

if (import.meta.main) writeFileSync(generated, generateDescriptor())
