import type { RegisterTest } from '../storage-contract/under-test.ts'
import { chainCases, chainRestartCases } from './chain-cases.ts'
import { channelCases } from './channel-cases.ts'
import { channelLifecycleCases } from './channel-lifecycle-cases.ts'
import { managementCases } from './channel-management-contract.ts'
import { promisedBy } from './contract-case.ts'
import { decodeCases } from './decode-cases.ts'
import type { NodeContractEnvironment } from './environment.ts'
import { forwardingCases } from './forwarding-cases.ts'
import { fundingRestartCases } from './funding-cases.ts'
import { heldPaymentCases } from './held-payment-cases.ts'
import { infoCases } from './info-cases.ts'
import { invoiceCancelCases } from './invoice-cancel-cases.ts'
import { invoiceCreationCases } from './invoice-creation-cases.ts'
import { invoiceListCases } from './invoice-list-cases.ts'
import { payCases } from './pay-cases.ts'
import { restartCases } from './restart-cases.ts'
import { settlementCases } from './settlement-cases.ts'
import { trackCases } from './track-cases.ts'

/** What the environment can do; each one that is not true leaves out the cases that need it. */
export interface NodeContractOptions {
  /** It has `stopNode` and `startNode`. */
  readonly restarts?: boolean
  /** It has `openChannel` and `closeChannel`. */
  readonly opensChannels?: boolean
  /** It has `payOnChain`, `channelPeer` and `poorNode`; the node opens and closes through the port. */
  readonly managesChannels?: boolean
  /** With `managesChannels`: it has `reorganize`, and the node has `chain`. */
  readonly watchesChain?: boolean
  /** It has `forward`. */
  readonly forwards?: boolean
}

/**
 * Every promise of the `LightningNode` port as one test each. Knows no test runner: give it the
 * runner's `test`, and a factory that is called once, before the first case. All cases share that
 * environment, one after the other, and each makes its own invoices and payments. Ending it is
 * up to the caller.
 *
 * @example
 * ```ts
 * import { lightningNodeContract, type NodeContractEnvironment } from '@payment-node/testkit'
 * import { test } from 'vitest'
 *
 * export function contractFor(start: () => Promise<NodeContractEnvironment>): void {
 *   lightningNodeContract(test, start, { restarts: true, opensChannels: true })
 * }
 * ```
 */
export function lightningNodeContract(
  test: RegisterTest,
  createEnvironment: () => Promise<NodeContractEnvironment>,
  options: NodeContractOptions = {},
): void {
  const promised = promisedBy(test, createEnvironment)
  infoCases(promised)
  invoiceCreationCases(promised)
  invoiceCancelCases(promised)
  invoiceListCases(promised)
  settlementCases(promised)
  decodeCases(promised)
  payCases(promised)
  heldPaymentCases(promised)
  trackCases(promised)
  channelCases(promised)
  if (options.opensChannels) channelLifecycleCases(promised)
  if (options.restarts) restartCases(promised)
  if (options.managesChannels && options.restarts) fundingRestartCases(promised)
  if (options.managesChannels) managementCases(promised)
  if (options.managesChannels && options.watchesChain) chainCases(promised)
  if (options.watchesChain && options.restarts) chainRestartCases(promised)
  if (options.forwards) forwardingCases(promised)
}
