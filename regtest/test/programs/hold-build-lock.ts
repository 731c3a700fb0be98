/**
 * Holds the build lock of a folder until as many processes have started as the second argument
 * says; `log` in the folder tells who was in when.
 */
import { appendFileSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { waitUntil } from '../../wait-until.ts'
import { withBuildLock } from '../../with-build-lock.ts'

const [folder, expected] = process.argv.slice(2) as [string, string]
const log = join(folder, 'log')
const note = (word: string): void => appendFileSync(log, `${word} ${process.pid}\n`)

note('start')
await withBuildLock(
  join(folder, 'lock'),
  () => {},
  async () => {
    note('enter')
    await waitUntil('the other processes', () => {
      return (readFileSync(log, 'utf8').match(/start/g)?.length ?? 0) >= Number(expected)
    })
    note('leave')
  },
)
