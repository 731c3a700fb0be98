import { testWebhook } from '@payment-node/core'
import { printRefusal } from '../configuration/print-refusal.ts'
import type { Surroundings } from '../surroundings.ts'
import { describeError } from '../terminal/describe-error.ts'
import { openTerminal, plain } from '../terminal/terminal.ts'

/** The options of `payment-node webhook test`. */
export interface TestOptions {
  readonly secret: string
  readonly allow: readonly string[]
  /** Seconds. */
  readonly timeout: number
  readonly json?: true
}

/** Tries a receiver and shows what it answered. Resolves with the exit code. */
export async function testReceiver(
  url: string,
  { secret, allow, timeout, json }: TestOptions,
  { stdout, stderr, env }: Surroundings,
): Promise<number> {
  const terminal = openTerminal(stdout, env)
  const command = 'webhook test'
  try {
    const start = performance.now()
    const answer = await testWebhook({
      url,
      // A secret on the command line is seen by every user of the machine.
      secret: secret === '-' ? (env.WEBHOOK_SECRET ?? '') : secret,
      http: { allow: allow.map((host) => ({ host, insecure: true })) },
      timeout,
    })
    const milliseconds = Math.round(performance.now() - start)
    if (json) terminal.print(JSON.stringify({ command, url, milliseconds, ...answer }))
    else {
      const { colors, print } = terminal
      const { isDelivered, status, error, event } = answer
      const says = isDelivered ? `answered ${status}` : plain(error ?? '')
      print(`${isDelivered ? colors.green('Delivered') : colors.red('Not delivered')}: ${says}`)
      print(colors.dim(`  ${event}, ${milliseconds} ms`))
    }
    return answer.isDelivered ? 0 : 1
  } catch (refusal) {
    if (json) terminal.print(JSON.stringify({ command, url, error: describeError(refusal) }))
    else printRefusal(openTerminal(stderr, env), refusal)
    return 1
  }
}
