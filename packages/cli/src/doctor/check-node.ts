import type { Diagnosis, LightningNode, NodeInfo, PaymentNodeOptions } from '@payment-node/core'
import { failed, failedBy, ok } from './check.ts'

/** What this command can add to an adapter's advice. */
const furtherAdvice: Readonly<Record<string, string>> = {
  macaroon: 'To bake a new one: payment-node macaroons --help',
  permissions: 'For the whole command: payment-node macaroons --help',
  privilege: 'For the whole command: payment-node macaroons --help',
}

/** What the adapter finds, and what only the options can tell; `info` when the node answers. */
export async function checkNode({
  lightning,
  network,
}: PaymentNodeOptions): Promise<{ checks: readonly Diagnosis[]; info: NodeInfo | undefined }> {
  const [found, info] = await Promise.all([
    diagnose(lightning),
    lightning.getInfo().catch(() => undefined),
  ])
  const checks = found.map((entry) => {
    const more = entry.advice && furtherAdvice[entry.check]
    return more ? { ...entry, advice: `${entry.advice} ${more}` } : entry
  })
  if (!info) return { checks, info }
  if (network !== undefined && network !== info.network) {
    checks.push(
      failed(
        'network-option',
        `The node is on ${info.network}, the configuration asks for ${network}.`,
        'Check the address of the node, or the network option.',
      ),
    )
  }
  return { checks, info }
}

/** Adapters may do without a diagnosis; then it is known only whether the node answers. */
async function diagnose(lightning: LightningNode): Promise<readonly Diagnosis[]> {
  if (lightning.diagnose) return lightning.diagnose()
  try {
    const { alias, network, blockHeight } = await lightning.getInfo()
    return [ok('reachable', `${alias} answers, on ${network} at height ${blockHeight}.`)]
  } catch (error) {
    return [failedBy('reachable', error, 'Check that the node runs and can be reached from here.')]
  }
}
