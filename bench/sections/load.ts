import { execFileSync, spawnSync } from 'node:child_process'
import { globSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import type { Report, Section } from '../bench.ts'
import { median, rangeOf } from '../statistics.ts'

const rounds = 11
const core = dirname(fileURLToPath(import.meta.resolve('@payment-node/core/package.json')))
const built = join(core, 'dist', 'index.js')

/** What a host pays for importing the built library, before it does anything. */
export const load: Section = {
  name: 'load',
  says: 'time to import the built @payment-node/core, and its size',
  async measure({ report }) {
    buildCore(report)
    const importsCore = `import(${JSON.stringify(pathToFileURL(built).href)})`
    const importsNothing = "import('data:text/javascript,export default 0')"
    for (const source of [importsNothing, importsCore]) startProcess(source)
    const empty: number[] = []
    const loaded: number[] = []
    for (let round = 1; round <= rounds; round++) {
      empty.push(startProcess(importsNothing))
      loaded.push(startProcess(importsCore))
    }
    const differences = loaded.map((time, round) => time - empty[round]!)
    const minified = await minify()
    const section = load.name
    return [
      {
        section,
        what: 'import of core, beyond an empty module',
        value: median(differences),
        range: rangeOf(differences),
        unit: 'ms',
        target: { atMost: 50 },
      },
      {
        section,
        what: 'core and its dependency, minified',
        value: minified.length / 1000,
        unit: 'kB',
        target: { atMost: 60 },
      },
      {
        section,
        what: 'the same, with gzip',
        value: gzipSync(minified).length / 1000,
        unit: 'kB',
      },
    ]
  },
}

/** Milliseconds from the start to the end of a Node process that only imports. */
function startProcess(source: string): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, ['-e', source], { encoding: 'utf8' })
  const milliseconds = performance.now() - start
  if (status !== 0) throw new Error(`${source} failed:\n${stderr}`)
  return milliseconds
}

/** Measures what is in the working tree, not what was built some time ago. */
function buildCore(report: Report): void {
  const written = statSync(built, { throwIfNoEntry: false })?.mtimeMs ?? 0
  const newest = Math.max(
    ...globSync(join(core, 'src', '**', '*.ts')).map((file) => statSync(file).mtimeMs),
  )
  if (written > newest) return
  report('load: building core')
  const pnpm = join(core, '..', '..', 'node_modules', '.bin', 'pnpm')
  execFileSync(pnpm, ['run', 'build'], { cwd: core, stdio: ['ignore', 'ignore', 'inherit'] })
}

async function minify(): Promise<Uint8Array> {
  const { outputFiles, metafile } = await build({
    entryPoints: [built],
    bundle: true,
    splitting: true,
    minify: true,
    metafile: true,
    logLevel: 'error',
    format: 'esm',
    platform: 'node',
    external: ['node:*'],
    outdir: 'bundle',
    write: false,
  })
  // What is only loaded at its first use (the HTTP client) is no part of the import.
  const wanted = new Set<string>()
  const follow = (name: string): void => {
    if (wanted.has(name)) return
    wanted.add(name)
    for (const { path, kind } of metafile.outputs[name]!.imports) {
      if (kind === 'import-statement' && path in metafile.outputs) follow(path)
    }
  }
  const [entry] = Object.entries(metafile.outputs).find(([, { entryPoint }]) =>
    entryPoint?.endsWith('dist/index.js'),
  )!
  follow(entry)
  const files = outputFiles.filter(({ path }) =>
    [...wanted].some((name) => path.endsWith(`/${name}`)),
  )
  return Buffer.concat(files.map(({ contents }) => contents))
}
