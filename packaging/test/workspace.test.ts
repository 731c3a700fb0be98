import { globSync, readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '..', '..')
const read = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'))
const manifests = globSync('packages/*/package.json', { cwd: root })
  .map((path) => ({ folder: dirname(path), ...read(path) }))
  .filter((manifest) => manifest.private !== true)

test('every public package is built, released with the others, documented and described alike', () => {
  const references = read('tsconfig.json').references.map(({ path }: { path: string }) => path)
  const [released] = read('.changeset/config.json').fixed
  const documented = read('docs/package.json').devDependencies
  const core = manifests.find(({ name }) => name === '@payment-node/core')
  const wrong = manifests.flatMap((manifest) => {
    const { name, folder, peerDependencies } = manifest
    const rules: Record<string, boolean> = {
      'tsconfig.json references it': references.includes(folder),
      '.changeset/config.json releases it with the others': released.includes(name),
      'docs/package.json has it for the examples': name in documented,
      'its folder has its name': name === `@payment-node/${basename(folder)}`,
      'core is a peer dependency':
        manifest === core || peerDependencies?.[core?.name] !== undefined,
      'it packs what core packs': core?.files.every((file: string) =>
        manifest.files.includes(file),
      ),
      'version is that of core': manifest.version === core?.version,
    }
    for (const field of ['type', 'license', 'engines', 'publishConfig', 'sideEffects']) {
      const same = JSON.stringify(manifest[field]) === JSON.stringify(core?.[field])
      rules[`"${field}" is that of core`] = same
    }
    return Object.keys(rules)
      .filter((rule) => !rules[rule])
      .map((rule) => `${name}: ${rule}`)
  })
  expect(manifests.length).toBeGreaterThan(0)
  expect(wrong).toEqual([])
  expect(released).toHaveLength(manifests.length)
})
