import { execFileSync } from 'node:child_process'
import { cpSync, globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Folder of a project that has all packed packages installed. */
    consumer: string
    /** Names of the packages in it. */
    packageNames: string[]
  }
}

const root = join(import.meta.dirname, '..')

// Compilers and the oldest Node that a user may have; an alias per version, side by side.
const tools = {
  '@types/node': '^22.16.0',
  'typescript-5.4': 'npm:typescript@~5.4.5',
  'typescript-5.8': 'npm:typescript@~5.8.3',
  'typescript-latest': 'npm:typescript@latest',
}
const oldestNode = '22.16.0'

/** Packs every public package and installs the tarballs into a project outside the workspace. */
export default function installConsumer(project: TestProject): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'payment-node-consumer-'))
  const packages = Object.fromEntries(publicPackages().map((name) => [name, pack(name, folder)]))
  cpSync(join(import.meta.dirname, 'consumer'), folder, { recursive: true })
  const manifest = {
    private: true,
    type: 'module',
    dependencies: packages,
    devDependencies: tools,
    // Its binary is fetched by a script of its own, which some platforms lack.
    optionalDependencies: { node: oldestNode },
  }
  // pnpm wants a word on every build script; only Node's is needed.
  const allowBuilds = { node: true, protobufjs: false, secp256k1: false }
  // The tarballs also for each other: what the packages depend on is not published yet.
  const workspace = { allowBuilds, overrides: packages }
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(folder, 'pnpm-workspace.yaml'), JSON.stringify(workspace))
  // Explicit, since CI=true would ask for a lockfile that a new project does not have.
  pnpm(folder, 'install', '--no-frozen-lockfile', '--prefer-offline')
  project.provide('consumer', folder)
  project.provide('packageNames', Object.keys(packages))
  return () => rmSync(folder, { recursive: true, force: true })
}

function publicPackages(): string[] {
  return globSync('packages/*/package.json', { cwd: root })
    .map((path) => JSON.parse(readFileSync(join(root, path), 'utf8')))
    .filter((manifest) => manifest.private !== true)
    .map((manifest) => manifest.name)
}

function pack(name: string, folder: string): string {
  const file = join(folder, `${name.replace('/', '-').replace('@', '')}.tgz`)
  pnpm(root, '--filter', name, 'pack', '--out', file)
  return `file:${file}`
}

function pnpm(cwd: string, ...args: string[]): void {
  try {
    execFileSync(join(root, 'node_modules', '.bin', 'pnpm'), args, { cwd, stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { stdout: Buffer; stderr: Buffer }
    throw new Error(`pnpm ${args.join(' ')} in ${cwd}:\n${stdout}${stderr}`, { cause: error })
  }
}
