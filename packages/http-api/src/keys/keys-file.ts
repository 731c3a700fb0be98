import { readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { idOf, makeKey, opens, readScope, type StoredKey, withoutHash } from './api-key.ts'
import type { ApiKeyStore } from './api-keys.ts'

const content = z.strictObject({
  keys: z.array(
    z.strictObject({
      id: z.string().regex(/^[0-9a-f]{16}$/),
      scope: z.custom<StoredKey['scope']>((scope) => isScope(scope)),
      name: z.string().nullable(),
      createdAt: z.number(),
      revokedAt: z.number().nullable(),
      hash: z.string().regex(/^[0-9a-f]{64}$/),
    }),
  ),
})

/**
 * Keys in a small JSON file that only its owner can read. A running server notices when a command has
 * changed it. A file that others can read, or that is no list of keys, is refused: nothing opens then.
 *
 * @example
 * ```ts
 * import { keysFile } from '@payment-node/http-api'
 *
 * const keys = keysFile('keys.json')
 * export const { text } = await keys.create({ scope: 'partner:bakery', name: 'till' })
 * ```
 */
export function keysFile(path: string): ApiKeyStore {
  let known: { readonly mark: string; readonly keys: readonly StoredKey[] } | undefined

  const load = async (): Promise<readonly StoredKey[]> => {
    const found = await stat(path, { bigint: true }).catch(absent)
    if (found === undefined) return []
    if ((found.mode & 0o077n) !== 0n && process.platform !== 'win32') {
      throw new Error(`${path} can be read by others; chmod 600 it`)
    }
    // Each write is a new file.
    const mark = `${found.ino} ${found.mtimeNs} ${found.size}`
    if (known?.mark !== mark) {
      const read = content.safeParse(JSON.parse(await readFile(path, 'utf8')))
      if (!read.success) throw new Error(`${path} is no list of keys`)
      known = { mark, keys: read.data.keys }
    }
    return known.keys
  }

  const change = async <T>(
    decide: (keys: readonly StoredKey[]) => {
      readonly next: readonly StoredKey[]
      readonly result: T
    },
  ): Promise<T> => {
    // Made for us alone: two commands at once must not lose a key.
    const draft = `${path}.new`
    await writeFile(draft, '', { flag: 'wx', mode: 0o600 }).catch((error: unknown) => {
      const says = `${draft} is there: another command is writing, or one died; look, then delete it`
      throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new Error(says) : error
    })
    try {
      const { next, result } = decide(await load())
      await writeFile(draft, `${JSON.stringify({ keys: next }, null, 2)}\n`, { flush: true })
      await rename(draft, path)
      return result
    } catch (error) {
      await rm(draft, { force: true })
      throw error
    }
  }

  return {
    async find(text) {
      const id = idOf(text)
      const stored = id && (await load()).find((key) => key.id === id)
      return stored && opens(stored, text) ? withoutHash(stored) : undefined
    },
    create: (request) =>
      change((keys) => {
        const { stored, text } = makeKey(request)
        return { next: [...keys, stored], result: { key: withoutHash(stored), text } }
      }),
    list: async () => (await load()).map(withoutHash),
    revoke: (id) =>
      change((keys) => {
        const now = Date.now()
        const next = keys.map((key) =>
          key.id === id ? { ...key, revokedAt: key.revokedAt ?? now } : key,
        )
        const revoked = next.find((key) => key.id === id)
        return { next, result: revoked && withoutHash(revoked) }
      }),
  }
}

function isScope(scope: unknown): boolean {
  try {
    readScope(String(scope))
    return true
  } catch {
    return false
  }
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
