import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { cacheFolder } from '../build-binaries.ts'
import { type Report, reportToStandardError } from '../report-progress.ts'
import { withBuildLock } from '../with-build-lock.ts'

const run = promisify(execFile)
const sources = join(import.meta.dirname, '..', 'go-musig2')

/** The program `go-musig2`: `MUSIG2_BIN`, or from the cache, or built with Go into the cache (seconds). */
export async function buildSigner(report: Report = reportToStandardError()): Promise<string> {
  const given = process.env.MUSIG2_BIN
  if (given !== undefined && given !== '') return given
  const hash = createHash('sha256')
  for (const file of readdirSync(sources).sort()) {
    if (/\.(go|mod|sum)$/.test(file)) hash.update(file).update(readFileSync(join(sources, file)))
  }
  const folder = cacheFolder()
  const path = join(folder, `musig2-${hash.digest('hex').slice(0, 12)}`)
  if (existsSync(path)) return path
  mkdirSync(folder, { recursive: true })
  await withBuildLock(`${path}.lock`, report, async () => {
    if (existsSync(path)) return
    report('building go-musig2 with Go')
    const args = ['build', '-buildvcs=false', '-trimpath', '-o', `${path}.unfinished`, '.']
    await run('go', args, { cwd: sources })
    renameSync(`${path}.unfinished`, path)
  })
  return path
}
