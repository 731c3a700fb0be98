import type { RegisterTest } from '../storage-contract/under-test.ts'
import { chainCases } from './chain-cases.ts'
import { closingCases } from './closing-cases.ts'
import { type Promised, promisedBy } from './contract-case.ts'
import type { NodeContractEnvironment } from './environment.ts'
import { forwardingCases } from './forwarding-cases.ts'
import { fundingCases } from './funding-cases.ts'
import { graphCases } from './graph-cases.ts'
import type { NodeContractOptions } from './lightning-node-contract.ts'
import { openingCases } from './opening-cases.ts'
import { openingRefusalCases } from './opening-refusal-cases.ts'
import { walletCases } from './wallet-cases.ts'

/** What the node does with its coins and channels through the port. */
export function managementCases(promised: Promised): void {
  walletCases(promised)
  fundingCases(promised)
  openingCases(promised)
  openingRefusalCases(promised)
  closingCases(promised)
  graphCases(promised)
}

/**
 * Only the part of `lightningNodeContract` that its options `managesChannels` and `forwards` add: for
 * another version of a node whose payments are known already.
 *
 * @example
 * ```ts
 * import { channelManagementContract, type NodeContractEnvironment } from '@payment-node/testkit'
 * import { test } from 'vitest'
 *
 * export function contractFor(start: () => Promise<NodeContractEnvironment>): void {
 *   channelManagementContract(test, start)
 * }
 * ```
 */
export function channelManagementContract(
  test: RegisterTest,
  createEnvironment: () => Promise<NodeContractEnvironment>,
  options: Pick<NodeContractOptions, 'watchesChain'> = {},
): void {
  const promised = promisedBy(test, createEnvironment)
  managementCases(promised)
  if (options.watchesChain) chainCases(promised)
  forwardingCases(promised)
}
