import { createHash, randomBytes } from 'node:crypto'
import type {
  AllowedHost,
  ClaimSignatureRequest,
  SelfCustodialSwapProvider,
} from '@payment-node/core'
import { Transaction } from 'bitcoinjs-lib'
import * as curve from 'tiny-secp256k1'
import { createSimulatedNetwork } from '../network/simulated-network.ts'
import { createVirtualClock } from '../network/virtual-clock.ts'
import {
  type KnownSwap,
  providerFaults,
  type SwapProviderEnvironment,
} from '../swap-provider-contract/environment.ts'
import { createBoltzServer } from './create-boltz-server.ts'
import { createMusigSigner } from './musig-signer.ts'
import type { BoltzSwap } from './server-context.ts'
import { simulatedChain, simulatedLightning } from './simulated-backend.ts'
import type { ToldLeaf } from './swap-tree.ts'

/** Where the server listens, for the plugin's options. */
export interface BoltzPlace {
  /** `http://127.0.0.1:…/v2` */
  readonly url: string
  /** What lets a guarded client ask it. */
  readonly allow: readonly AllowedHost[]
}

/** The contract's environment for plugins of Boltz API v2. */
export interface BoltzEnvironment extends SwapProviderEnvironment {
  /** Ends the server. */
  close(): Promise<void>
}

const amountSat = 100_000n

/**
 * A fake Boltz server on a free port of 127.0.0.1, over a simulated network, as `swapProviderContract` needs it.
 *
 * @example
 * ```ts
 * import type { SelfCustodialSwapProvider } from '@payment-node/core'
 * import { swapProviderContract } from '@payment-node/testkit'
 * import { boltzEnvironment, type BoltzPlace } from '@payment-node/testkit/boltz-server'
 * import { test } from 'vitest'
 *
 * export function contractFor(create: (place: BoltzPlace) => SelfCustodialSwapProvider): void {
 *   swapProviderContract(test, () => boltzEnvironment(create))
 * }
 * ```
 */
export async function boltzEnvironment(
  create: (place: BoltzPlace) => SelfCustodialSwapProvider,
): Promise<BoltzEnvironment> {
  const clock = createVirtualClock({ isAutomatic: true })
  const network = createSimulatedNetwork({ clock })
  const [client, serverNode] = [network.addNode('client'), network.addNode('server')]
  network.establishChannel({ from: client, to: serverNode, capacitySat: 10_000_000n })
  const server = createBoltzServer({
    lightning: simulatedLightning(serverNode),
    chain: simulatedChain(network),
    signer: createMusigSigner(),
  })
  const { url, port } = await server.listen()
  const { faults } = server
  const preimages = new Map<string, string>()
  const find = (providerId: string): BoltzSwap => {
    const swap = server.swaps().find(({ id }) => id === providerId)
    if (!swap) throw new Error(`The server has no swap ${providerId}`)
    return swap
  }

  return {
    connect: () => create({ url, allow: [{ host: '127.0.0.1', port, insecure: true }] }),
    misbehave: (...wanted) => faults.set(...wanted),
    faults: providerFaults,
    struck: (fault) => faults.struck.filter((one) => one === fault).length,
    amountSat,
    newSwap() {
      const preimage = randomBytes(32)
      const paymentHash = createHash('sha256').update(preimage).digest('hex')
      preimages.set(paymentHash, preimage.toString('hex'))
      return {
        amountSat,
        paymentHash,
        claimPublicKey: randomPoint(),
        metadata: randomBytes(48).toString('hex'),
        invoiceExpirySeconds: 1800,
      }
    },
    swaps: () => server.swaps().map(showSwap),
    async lockUp(providerId) {
      const swap = find(providerId)
      void client.pay(swap.invoice).catch(() => {})
      while (!swap.lockup) {
        await clock.sleep(100)
        await server.tendAll()
      }
      return swap.lockup.hex
    },
    async claimRequest(providerId): Promise<ClaimSignatureRequest> {
      const { lockup, paymentHash } = find(providerId)
      if (!lockup) throw new Error(`The swap ${providerId} is not locked up`)
      const claim = new Transaction()
      claim.version = 2
      claim.addInput(Buffer.from(lockup.transactionId, 'hex').reverse(), lockup.outputIndex)
      claim.addOutput(lockup.script, lockup.amountSat - 300n)
      return {
        providerId,
        transaction: claim.toHex(),
        inputIndex: 0,
        publicNonce: randomPoint() + randomPoint(),
        preimage: preimages.get(paymentHash)!,
      }
    },
    close: () => server.close(),
  }
}

function randomPoint(): string {
  for (;;) {
    const secret = randomBytes(32)
    const point = curve.isPrivate(secret) ? curve.pointFromScalar(secret, true) : null
    if (point) return Buffer.from(point).toString('hex')
  }
}

function showSwap(swap: BoltzSwap): KnownSwap {
  const { told } = swap
  const tree = told.swapTree as Readonly<Record<string, ToldLeaf>>
  return {
    amountSat: BigInt(swap.invoiceAmountSat),
    paymentHash: swap.paymentHash,
    claimPublicKey: swap.claimPublicKey,
    metadata: swap.metadata ?? '',
    expirySeconds: Math.round((swap.expiresAt - swap.createdAt) / 1000),
    terms: {
      providerId: swap.id,
      invoice: swap.invoice,
      lockupAddress: String(told.lockupAddress),
      refundPublicKey: String(told.refundPublicKey),
      timeoutHeight: Number(told.timeoutBlockHeight),
      onchainAmountSat: BigInt(swap.onchainAmountSat),
      leaves: Object.fromEntries(
        Object.entries(tree).map(([name, { version, output }]) => [
          name,
          { version, script: output },
        ]),
      ),
    },
  }
}
