import { execFile, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { type Report, reportToStandardError, reportWhile } from './report-progress.ts'
import { withBuildLock } from './with-build-lock.ts'

/** The LND lines that the harness can start. */
export type LndVersion = '0.21' | '0.19'

/** Where the programs of one LND line are. */
export interface Binaries {
  readonly version: LndVersion
  /** Path of the `lnd` program. */
  readonly lnd: string
  /** Path of the `btcd` program (always the one of the newest line). */
  readonly btcd: string
  /** Folder `lnrpc` of this LND's own source: `lightning.proto`, `routerrpc/router.proto`, … */
  readonly protoFolder: string
}

const modules = {
  '0.21': { folder: 'go', lnd: 'v0.21.2-beta', programs: ['lnd', 'btcd'], lndVariable: 'LND_BIN' },
  '0.19': { folder: 'go-0.19', lnd: 'v0.19.3-beta', programs: ['lnd'], lndVariable: 'LND_019_BIN' },
} as const

const packages = {
  lnd: 'github.com/lightningnetwork/lnd/cmd/lnd',
  btcd: 'github.com/btcsuite/btcd',
} as const

// What LND's release builds contain, less what needs a build of its own (kvdb engines, neutrino).
const tags = 'autopilotrpc chainrpc invoicesrpc peersrpc signrpc walletrpc watchtowerrpc'
const oldestGo = [1, 25, 10] as const
const run = promisify(execFile)

/** The folder for programs and state: `$PAYMENT_NODE_CACHE` or the workspace's node_modules. */
export function cacheFolder(): string {
  return resolve(
    process.env.PAYMENT_NODE_CACHE ??
      join(import.meta.dirname, '..', 'node_modules', '.cache', 'payment-node-regtest'),
  )
}

/**
 * The programs of an LND line: from `LND_BIN`, `LND_019_BIN` and `BTCD_BIN`, or from the cache, or
 * built with Go into the cache (minutes, once per change of the Go module).
 */
export async function buildBinaries(
  version: LndVersion = '0.21',
  report: Report = reportToStandardError(),
): Promise<Binaries> {
  const module = modules[version]
  const lnd = fromEnvironment(module.lndVariable) ?? (await build(version, 'lnd', report))
  const btcd = fromEnvironment('BTCD_BIN') ?? (await build('0.21', 'btcd', report))
  return { version, lnd, btcd, protoFolder: await findProtoFolder(version) }
}

function fromEnvironment(variable: string): string | undefined {
  const path = process.env[variable]
  if (path === undefined || path === '') return undefined
  if (!existsSync(path)) throw new Error(`${variable} names ${path}, which does not exist`)
  return resolve(path)
}

async function build(
  version: LndVersion,
  program: 'lnd' | 'btcd',
  report: Report,
): Promise<string> {
  const target = targetFolder(version)
  const path = join(target, program)
  if (existsSync(path)) return path
  mkdirSync(dirname(target), { recursive: true })
  await withBuildLock(`${target}.lock`, report, async () => {
    if (!existsSync(path)) await buildInto(target, version, report)
  })
  return path
}

async function buildInto(target: string, version: LndVersion, report: Report): Promise<void> {
  const { folder, lnd, programs } = modules[version]
  await checkGo(moduleFolder(version))
  const unfinished = `${target}.unfinished`
  rmSync(unfinished, { recursive: true, force: true })
  mkdirSync(unfinished, { recursive: true })
  const what = `${programs.join(' and ')} (LND ${lnd}, regtest/${folder}) with Go`
  report(`building ${what}: about 4 minutes on two cores, once`)
  const start = performance.now()
  const built = { packages: 0 }
  await reportWhile(
    report,
    goBuild(moduleFolder(version), unfinished, programs, built),
    (seconds) => `still building ${what}: ${seconds} s, ${built.packages} packages compiled`,
  )
  // The name appears with everything in it, so nobody can start half a program.
  renameSync(unfinished, target)
  report(`built ${basename(target)} in ${((performance.now() - start) / 1000).toFixed(0)} s`)
}

function goBuild(
  cwd: string,
  outputFolder: string,
  programs: readonly ('lnd' | 'btcd')[],
  built: { packages: number },
): Promise<void> {
  const args = ['build', '-v', '-buildvcs=false', '-trimpath', '-tags', tags, '-ldflags', '-s -w']
  const child = spawn(
    'go',
    [...args, '-o', `${outputFolder}/`, ...programs.map((program) => packages[program])],
    { cwd, env: { ...process.env, CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let errors = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    built.packages += text.split('\n').length - 1
    errors = (errors + text).slice(-4000)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`go build in ${cwd} failed:\n${errors}`)),
    )
  })
}

async function checkGo(cwd: string): Promise<void> {
  const advice =
    `Install Go ${oldestGo.join('.')} or newer (https://go.dev/dl/), ` +
    'or set LND_BIN and BTCD_BIN (and LND_019_BIN) to programs you already have.'
  const found = await run('go', ['env', 'GOVERSION'], { cwd }).catch((error: unknown) => {
    throw new Error(`Go is needed to build btcd and lnd, and "go" did not run. ${advice}`, {
      cause: error,
    })
  })
  const numbers = found.stdout.match(/\d+/g)?.map(Number) ?? []
  const difference = oldestGo
    .map((least, place) => (numbers[place] ?? 0) - least)
    .find((step) => step !== 0)
  if (difference !== undefined && difference < 0) {
    throw new Error(`${found.stdout.trim()} is too old to build lnd. ${advice}`)
  }
}

/** The folder of LND's own `.proto` files inside the Go module (or `LND_PROTO_FOLDER`). */
async function findProtoFolder(version: LndVersion): Promise<string> {
  const given = fromEnvironment('LND_PROTO_FOLDER')
  if (given !== undefined) return given
  const note = `${targetFolder(version)}.proto-folder`
  const noted = existsSync(note) ? readFileSync(note, 'utf8') : ''
  if (noted !== '' && existsSync(join(noted, 'lightning.proto'))) return noted
  const cwd = moduleFolder(version)
  await checkGo(cwd)
  const path = 'github.com/lightningnetwork/lnd'
  await run('go', ['mod', 'download', path], { cwd })
  const { stdout } = await run('go', ['list', '-m', '-f', '{{.Dir}}', path], { cwd })
  const folder = join(stdout.trim(), 'lnrpc')
  mkdirSync(dirname(note), { recursive: true })
  writeFileSync(note, folder)
  return folder
}

function moduleFolder(version: LndVersion): string {
  return join(import.meta.dirname, modules[version].folder)
}

function targetFolder(version: LndVersion): string {
  const hash = createHash('sha256').update(tags)
  for (const file of ['go.mod', 'go.sum']) {
    hash.update(readFileSync(join(moduleFolder(version), file)))
  }
  return join(cacheFolder(), `${modules[version].lnd}-${hash.digest('hex').slice(0, 12)}`)
}
