import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storageContract } from '@payment-node/testkit'
import { test } from 'vitest'
import { sqlite } from '../src/index.ts'

storageContract(test, () => {
  const directory = mkdtempSync(join(tmpdir(), 'storage-sqlite-'))
  const open = () => sqlite({ file: join(directory, 'books.db') })
  return {
    storage: open(),
    reopen: open,
    remove: () => rmSync(directory, { recursive: true }),
  }
})
