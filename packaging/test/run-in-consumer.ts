import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { inject } from 'vitest'

/** How a program ended. */
export interface Ended {
  readonly exitCode: number
  readonly output: string
  readonly errors: string
}

/** The Nodes that consumers are tried on: the workspace's, and the oldest one supported. */
export const nodes: Record<string, string> = {
  current: process.execPath,
  oldest: join(inject('consumer'), 'node_modules', 'node', 'bin', 'node'),
}

/** Runs a program in the consumer's folder. */
export function run(program: string, ...args: string[]): Promise<Ended> {
  return new Promise((resolve) => {
    // Without the condition and options of the workspace.
    const env = { ...process.env, NODE_OPTIONS: '', NODE_ENV: 'production' }
    execFile(program, args, { cwd: inject('consumer'), env }, (error, output, errors) => {
      const exitCode = error ? Number(error.code ?? -1) : 0
      resolve({ exitCode, output, errors: error && errors === '' ? String(error) : errors })
    })
  })
}

/** Runs one of the consumer's compilers on one of its files. */
export function runCompiler(version: string, file: string): Promise<Ended> {
  const packageFile = createRequire(join(inject('consumer'), 'package.json')).resolve(
    `typescript-${version}/package.json`,
  )
  const compiler = join(packageFile, '..', 'bin', 'tsc')
  // What a Node backend has; skipLibCheck stays off, so that our declarations are checked too.
  const options = '--noEmit --strict --pretty false --target es2022 --module nodenext --types node'
  return run(process.execPath, compiler, ...options.split(' '), file)
}
