import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { keysFile, type Scope } from '@payment-node/http-api'

const usage = `keys create <scope> [name]   scope: operator, or partner:<id>; prints the key, once
keys list                    every key that was made, without its secret
keys revoke <id>             it opens nothing any more, at once, also in a running server

The file is keys.json in the folder DATA (default: this one).`

const folder = process.env.DATA ?? '.'
mkdirSync(folder, { recursive: true })
const keys = keysFile(join(folder, 'keys.json'))
const [verb, ...given] = process.argv.slice(2)
try {
  process.exitCode = await carryOut(verb, given)
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  process.exitCode = 1
}

async function carryOut(verb: string | undefined, given: readonly string[]): Promise<number> {
  const [first, name] = given
  if (verb === 'create' && first !== undefined && given.length <= 2) {
    const { key, text } = await keys.create({
      scope: first as Scope,
      ...(name !== undefined && { name }),
    })
    console.error(`Key ${key.id} for ${key.scope}. It is shown this once:`)
    console.log(text)
    return 0
  }
  if (verb === 'list' && given.length === 0) {
    const date = (at: number): string => new Date(at).toISOString().slice(0, 16)
    for (const { id, scope, name, createdAt, revokedAt } of await keys.list()) {
      const end = revokedAt === null ? '' : `  revoked ${date(revokedAt)}`
      console.log(`${id}  ${date(createdAt)}  ${scope}  ${name ?? ''}${end}`.trimEnd())
    }
    return 0
  }
  if (verb === 'revoke' && first !== undefined && given.length === 1) {
    const revoked = await keys.revoke(first)
    console.log(
      revoked ? `${revoked.id} (${revoked.scope}) is revoked.` : `There is no key ${first}.`,
    )
    return revoked ? 0 : 1
  }
  console.error(usage)
  return 2
}
