import { expect, test } from 'vitest'
import packageFile from '../package.json' with { type: 'json' }
import { runCommand } from './shop-folder.ts'

test('help names every command, and every command has help that fits 80 columns', async () => {
  const help = await runCommand('/', ['--help'])
  expect(help).toMatchObject({ exitCode: 0, stderr: '' })
  const commands = [
    'doctor',
    'status',
    'keeper',
    'liquidity',
    'swaps',
    'rescue',
    'peers',
    'webhooks',
    'webhook',
    'macaroons',
    'sandbox',
  ]
  expect(commands.filter((command) => !help.stdout.includes(`\n  ${command} `))).toEqual([])
  const verbs = ['decisions', 'report', 'pause', 'resume'].map((verb) => `keeper ${verb}`)
  verbs.push(...['list', 'block', 'allow'].map((verb) => `peers ${verb}`), 'webhook test')
  verbs.push(...['list', 'explain', 'quote'].map((verb) => `swaps ${verb}`))
  const ofLiquidity = ['status', 'decisions', 'explain', 'recommend', 'pause', 'resume']
  verbs.push(...ofLiquidity.map((verb) => `liquidity ${verb}`))
  for (const command of ['', ...commands, ...verbs]) {
    const argv = `${command} --help`.trim().split(' ')
    const { exitCode, stdout } = await runCommand('/', argv)
    expect(exitCode, command).toBe(0)
    expect(stdout).toContain('--json'.repeat(command === '' ? 0 : 1))
    expect(stdout.split('\n').filter((line) => [...line].length > 80)).toEqual([])
  }
})

test('the version is that of the package', async () => {
  const { exitCode, stdout } = await runCommand('/', ['--version'])
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${packageFile.version}\n` })
})

test('what is misspelt is answered with the nearest, and exit code 2', async () => {
  const nearest = { docter: 'doctor', 'status --jsn': '--json', 'doctor --confg x': '--config' }
  for (const [argv, meant] of Object.entries(nearest)) {
    const { exitCode, stdout, stderr } = await runCommand('/', argv.split(' '))
    expect({ argv, exitCode, stdout }).toEqual({ argv, exitCode: 2, stdout: '' })
    expect(stderr).toContain(`Did you mean ${meant}?`)
  }
})

test('without a command it shows what there is, and exit code 2', async () => {
  const { exitCode, stdout, stderr } = await runCommand('/', [])
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
  expect(stderr).toContain('Usage: payment-node')
})

test('colours are for terminals that want them', async () => {
  const start = '\u001b['
  const colored = async (env: Record<string, string>, isTTY: boolean): Promise<boolean> =>
    (await runCommand('/', ['macaroons', 'pay'], env, { isTTY })).stdout.includes(start)
  expect({
    terminal: await colored({}, true),
    pipe: await colored({}, false),
    noColor: await colored({ NO_COLOR: '1' }, true),
    emptyNoColor: await colored({ NO_COLOR: '' }, true),
    dumb: await colored({ TERM: 'dumb' }, true),
    forcedPipe: await colored({ FORCE_COLOR: '1' }, false),
    noColorWins: await colored({ NO_COLOR: '1', FORCE_COLOR: '1' }, true),
  }).toEqual({
    terminal: true,
    pipe: false,
    noColor: false,
    emptyNoColor: true,
    dumb: false,
    forcedPipe: true,
    noColorWins: false,
  })
})
