import { mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PaymentNodeError } from '@payment-node/core'
import { expect, test } from 'vitest'
import { exampleConfiguration } from '../src/configuration/example.ts'
import { loadConfiguration } from '../src/configuration/load-configuration.ts'
import type { DoctorReport } from '../src/doctor/doctor.ts'
import { type Ended, openFolder, runCommand, simulatedShop } from './shop-folder.ts'

const file = 'payment-node.config.ts'

function reportOf({ stdout }: Ended): DoctorReport {
  return JSON.parse(stdout)
}

test('without a file both commands say so and show how to write one', async () => {
  using folder = openFolder()
  const doctor = await folder.run('doctor')
  const status = await folder.run('status')
  expect([doctor.exitCode, status.exitCode]).toEqual([1, 1])
  for (const text of [doctor.stdout, status.stderr]) {
    expect(text.replace(/\s+/g, ' ')).toContain(
      `There is no payment-node.config.ts (.js, .mjs) in ${folder.path}`,
    )
    expect(text.replace(/^ {2}/gm, '')).toContain(exampleConfiguration.trimEnd())
  }
  expect(reportOf(await folder.run('doctor', '--json'))).toMatchObject({
    configuration: null,
    result: 'failed',
    checks: [{ about: 'configuration', check: 'options', result: 'failed' }],
  })
  expect(JSON.parse((await folder.run('status', '--json')).stdout)).toMatchObject({
    command: 'status',
    configuration: null,
    error: { code: 'options.invalid' },
  })
})

test('the README shows the same example, where it is compiled', () => {
  const readme = readFileSync(join(import.meta.dirname, '..', 'README.md'), 'utf8')
  expect(readme).toContain(`\`\`\`ts\n${exampleConfiguration}\`\`\``)
})

test('what is wrong with a file is said with its name', async () => {
  const wrong: Record<string, [text: string, says: RegExp]> = {
    'no export': ['export const other = 1', /exports nothing named default, options, node/],
    'not options': ['export default 7', /options/],
    'a node': [
      "import { createPaymentNode } from '@payment-node/core'\nimport { memory } from '@payment-node/storage-memory'\nimport { createSimulatedNetwork } from '@payment-node/testkit'\nexport const node = createPaymentNode({ lightning: createSimulatedNetwork().addNode('shop').connect(), storage: memory(), keys: { invoices: new Uint8Array(32) } })",
      /exports a payment node that was created already/,
    ],
    'no storage': [
      "import { createSimulatedNetwork } from '@payment-node/testkit'\nexport default { lightning: createSimulatedNetwork().addNode('shop').connect(), keys: { invoices: new Uint8Array(32) } }",
      /storage is not a storage adapter/,
    ],
    'a misspelt option': [simulatedShop({ options: 'nmae: "x",' }), /nmae/],
    'a wrong address': [
      "import { lnd } from '@payment-node/lnd-adapter'\nexport default { lightning: lnd({ address: 'https://x', certificate: { hex: '00' }, macaroon: { hex: '00' } }) }",
      /cannot be loaded: lnd\(\): address/,
    ],
    'a missing module': [
      "import 'no-such-module'\nexport default {}",
      /cannot be loaded: .*no-such-module/,
    ],
    'a syntax error': ['export default {', /cannot be loaded/],
    'a function that throws': [
      "export default () => { throw new Error('the vault is closed') }",
      /function that .* exports failed: the vault is closed/,
    ],
    'a promise that rejects': [
      "export default async () => { throw new Error('the vault is closed') }",
      /function that .* exports failed: the vault is closed/,
    ],
  }
  const unclear: string[] = []
  for (const [name, [text, says]] of Object.entries(wrong)) {
    using folder = openFolder()
    const path = folder.write(file, text)
    const ended = await folder.run('doctor', '--json')
    const [check, ...more] = reportOf(ended).checks
    const isClear = check?.says.includes(path) && says.test(check.says) && check.advice
    if (ended.exitCode !== 1 || more.length > 0 || !isClear)
      unclear.push(`${name}: ${ended.stdout}`)
  }
  expect(unclear).toEqual([])
})

test('options may be the default export, be named, be returned, be promised, and be in JavaScript', async () => {
  const memoryShop = `
import { memory } from '@payment-node/storage-memory'
import { createSimulatedNetwork } from '@payment-node/testkit'
import { systemClock } from '@payment-node/core'
const options = {
  lightning: createSimulatedNetwork({ clock: systemClock }).addNode('shop').connect(),
  storage: memory(),
  keys: { invoices: crypto.getRandomValues(new Uint8Array(32)) },
}
`
  const forms: Record<string, [name: string, text: string]> = {
    default: [file, `${memoryShop} export default options`],
    options: [file, `${memoryShop} export { options }`],
    node: [file, `${memoryShop} export const node = options`],
    'default beside another': [file, `${memoryShop} export default options; export const node = 1`],
    'named beside a default that is none': [
      file,
      `${memoryShop} export default 1; export { options }`,
    ],
    function: [file, `${memoryShop} export default () => options`],
    promise: [file, `${memoryShop} export default async () => options`],
    js: ['payment-node.config.js', `${memoryShop} export default options`],
    mjs: ['payment-node.config.mjs', `${memoryShop} export default options`],
  }
  const refused: string[] = []
  for (const [form, [name, text]] of Object.entries(forms)) {
    using folder = openFolder()
    folder.write('package.json', '{ "type": "module" }')
    folder.write(name, text)
    const { exitCode, stdout } = await folder.run('doctor', '--json')
    if (exitCode !== 0) refused.push(`${form}: ${stdout}`)
  }
  expect(refused).toEqual([])
})

test('the nearest file upwards is used, its relative paths from its own folder, and --config before it', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  mkdirSync(join(folder.path, 'src', 'deep'), { recursive: true })
  const below = join(folder.path, 'src', 'deep')
  const before = process.cwd()
  const found = reportOf(await runCommand(below, ['doctor', '--json']))
  expect(found).toMatchObject({ configuration: path, result: 'ok' })
  expect(process.cwd()).toBe(before)
  const other = folder.write('other.mjs', 'export default 1')
  const given = reportOf(
    await runCommand(below, ['doctor', '--json', '--config', '../../other.mjs']),
  )
  expect(given).toMatchObject({ configuration: other, result: 'failed' })
  const missing = reportOf(await runCommand(below, ['doctor', '--json', '--config', 'no.ts']))
  expect(missing.checks[0]!.says).toBe(`There is no file ${join(below, 'no.ts')}.`)
})

test('a Node that does not read TypeScript is told how to', async () => {
  using folder = openFolder()
  const path = folder.write(file, simulatedShop())
  const refusal = await loadConfiguration(path, false).catch((error: unknown) => error)
  expect(PaymentNodeError.is(refusal, 'options.invalid') && refusal.message).toMatch(
    /22\.18.*--experimental-strip-types.*\.mjs/,
  )
  const script = folder.write('payment-node.config.mjs', 'export default () => 1')
  // Refused for what it returns, not for its language.
  await expect(loadConfiguration(script, false)).rejects.toThrow(`${script}: `)
})
