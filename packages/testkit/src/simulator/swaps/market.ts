import { loadSwapCode, type SelfCustodialSwapProvider } from '@payment-node/core'
import { Transaction } from 'bitcoinjs-lib'
import { createBoltzServer } from '../../boltz-server/create-boltz-server.ts'
import { judgeTaprootSpending } from '../../boltz-server/judge-spending.ts'
import { createMusigSigner } from '../../boltz-server/musig-signer.ts'
import { providerWithoutSocket } from '../../boltz-server/provider-without-socket.ts'
import type { BoltzSwap } from '../../boltz-server/server-context.ts'
import { simulatedChain, simulatedLightning } from '../../boltz-server/simulated-backend.ts'
import { createSeededRandom } from '../../network/seeded-random.ts'
import type { SimulatedNetwork } from '../../network/simulated-network.ts'
import type { Market, MarketPlace, MarketProvider, SeenSwap } from './market-place.ts'
import { watchSwapChain } from './watch-swap-chain.ts'

/** What the second provider takes more: the first one is asked first as long as it is trusted. */
const feePercents = [0.5, 0.8]
/** The shortest timeout that is accepted is 72 blocks: a run does not have many more. */
const timeoutBlocks = 80

/** Providers of swaps in a world; loaded before time stands still. */
export async function loadMarket(): Promise<(place: MarketPlace) => Market> {
  await loadSwapCode()
  await warmUp()
  return openMarket
}

/** Libraries that take a random number when they are first used, and caches. */
async function warmUp(): Promise<void> {
  const signer = createMusigSigner()
  const key = `02${'79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'}`
  await signer.aggregate({ publicKeys: [key, key], merkleRoot: '' })
}

function openMarket(place: MarketPlace): Market {
  const { network, seed, names } = place
  const providers = names.map((name, position) => openProvider(place, name, position))
  const swaps = (): SeenSwap[] =>
    providers.flatMap(({ name, server }) => server.swaps().map((swap) => show(name, swap)))
  const { wasInBlock, servedBetween, heightReachedAt } = watchSwapChain(place, swaps)
  return {
    providers,
    truth: {
      height: () => network.blockHeight,
      swaps,
      wasInBlock,
      servedBetween,
      heightReachedAt,
      spending(outpoint) {
        const found = network.findSpending(outpoint)
        if (!found) return undefined
        const { blockHeight: height, transactionId, rawTransaction } = found
        const confirmations = height === undefined ? 0 : network.blockHeight - height + 1
        return { transactionId, rawTransaction, confirmations }
      },
      read(rawTransaction) {
        const read = Transaction.fromBuffer(Buffer.from(rawTransaction))
        return {
          transactionId: read.getId(),
          spends: read.ins.map(
            ({ hash, index }) => `${Buffer.from(hash).reverse().toString('hex')}:${index}`,
          ),
          outputsSat: read.outs.map(({ value }) => BigInt(value)),
        }
      },
      whyNotSpendable: (rawTransaction, output) =>
        judgeTaprootSpending({ rawTransaction, spent: [output] }),
      outputAt: (outpoint) => outputAt(network, outpoint),
    },
    heal() {
      for (const provider of providers) {
        provider.server.faults.clear()
        if (!provider.isGone) provider.server.isReachable = true
        void provider.server.tendAll()
      }
    },
  }

  function openProvider(
    { lnd, routers }: MarketPlace,
    name: string,
    position: number,
  ): MarketProvider {
    const node = network.addNode(name)
    for (const from of routers)
      network.establishChannel({ from, to: node, capacitySat: 10_000_000n })
    const random = createSeededRandom(`swaps/${seed}/${name}`)
    const server = createBoltzServer({
      lightning: simulatedLightning(node),
      clientLightning: simulatedLightning(lnd),
      chain: simulatedChain(network, { seed: `chain/${seed}/${name}` }),
      signer: createMusigSigner({ random: (count) => random.bytes(count) }),
      clock: network.clock,
      random: (count) => random.bytes(count),
      settings: { timeoutBlocks, feePercent: feePercents[position % feePercents.length]! },
    })
    return {
      name,
      node,
      server,
      isGone: false,
      connect: (): SelfCustodialSwapProvider =>
        providerWithoutSocket(server, { name, url: `https://${name}.test/v2` }),
    }
  }
}

function outputAt(
  network: SimulatedNetwork,
  outpoint: string,
): { readonly script: string; readonly amountSat: bigint } | undefined {
  const [transactionId, index] = outpoint.split(':')
  const found = network.findTransaction(transactionId!)
  if (!found) return undefined
  const output = Transaction.fromBuffer(Buffer.from(found.rawTransaction)).outs[Number(index)]
  return (
    output && {
      script: Buffer.from(output.script).toString('hex'),
      amountSat: BigInt(output.value),
    }
  )
}

function show(provider: string, swap: BoltzSwap): SeenSwap {
  const { lockup, paymentHash, takeBack, invoiceAmountSat, onchainAmountSat } = swap
  return {
    provider,
    paymentHash,
    amountSat: BigInt(invoiceAmountSat),
    promisedSat: BigInt(onchainAmountSat),
    freeFrom: takeBack.fromHeight,
    lockup: lockup && {
      transactionId: lockup.transactionId,
      outpoint: `${lockup.transactionId}:${lockup.outputIndex}`,
      amountSat: lockup.amountSat,
    },
  }
}
