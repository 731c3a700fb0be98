import { fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'

/** A process of `programs/`, which ends with this one. */
export interface Program<Says, Hears> extends AsyncDisposable {
  readonly tell: (message: Hears) => void
  /** The next thing it says; throws when it ended instead. */
  readonly listen: () => Promise<Says>
}

/** Starts `programs/<name>.ts` with a memory of its own, so that its size can be measured. */
export function startProgram<Says, Hears = never>(
  name: string,
  argument: object,
): Program<Says, Hears> {
  const file = join(import.meta.dirname, 'programs', `${name}.ts`)
  const child = fork(file, [JSON.stringify(argument)], {
    execArgv: ['--conditions=dev-source'],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const exited = once(child, 'exit')
  const said: Says[] = []
  let wake = (): void => {}
  child.on('message', (message) => {
    said.push(message as Says)
    wake()
  })
  return {
    tell: (message) => void child.send(message as object),
    async listen() {
      while (said.length === 0) {
        const arrived = new Promise<false>((resolve) => {
          wake = () => resolve(false)
        })
        const end = await Promise.race([arrived, exited])
        if (end && said.length === 0) throw new Error(`${name} ended with ${end[0] ?? end[1]}`)
      }
      return said.shift()!
    },
    async [Symbol.asyncDispose]() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      await exited
    },
  }
}
