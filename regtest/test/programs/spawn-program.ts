import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'

/** How a life of a program ended. */
export interface Life<Report> {
  /** Its last report, when it came to its end by itself. */
  readonly done: Extract<Report, { readonly kind: 'done' }> | undefined
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

/** One life of a program in this folder. */
export interface Child<Report> {
  readonly process: ChildProcess
  readonly ended: Promise<Life<Report>>
  readonly reports: readonly Report[]
}

/** Milliseconds after which a life that hangs is ended and shown. */
const longestLife = 90_000

/** Starts a program in a process of its own, which can be killed as a power cut would do. */
export function spawnProgram<Report extends { readonly kind: string }>(
  file: string,
  orders: object,
): Child<Report> {
  const program = join(import.meta.dirname, file)
  const child = spawn(
    process.execPath,
    ['--conditions=dev-source', program, JSON.stringify(orders)],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
  const reports: Report[] = []
  let output = ''
  child.stdout?.on('data', (text) => (output += text))
  child.stderr?.on('data', (text) => (output += text))
  child.on('message', (report: Report) => reports.push(report))
  const deadline = setTimeout(() => child.kill('SIGQUIT'), longestLife)
  const isDone = (report: Report): report is Extract<Report, { readonly kind: 'done' }> =>
    report.kind === 'done'
  const ended = new Promise<Life<Report>>((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (_, signal) => {
      clearTimeout(deadline)
      resolve({ done: reports.find(isDone), signal, output })
    })
  })
  return { process: child, ended, reports }
}
