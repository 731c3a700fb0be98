import { createHash, randomBytes } from 'node:crypto'
import type { LightningNode, PaymentFailure } from '@payment-node/core'
import type {
  ContractChannelPeer,
  ContractPayment,
  ContractPeer,
  NodeContractEnvironment,
} from '@payment-node/testkit'
import type { Network } from '../../network.ts'
import type { RegtestNode } from '../../node-controls.ts'
import type { LndPayment } from '../../payment-controls.ts'
import type { RunningNode } from '../../start-node.ts'
import { waitUntil } from '../../wait-until.ts'
import { adapterOf } from './adapter-of.ts'
import { helpersOf } from './helper-nodes.ts'

/** The node contract's environment over real LNDs: the node under test, a hop that forwards, a payee. */
export function lndEnvironment(
  network: Network,
  nodes: { tested: RunningNode; hop: RegtestNode; payee: RegtestNode },
  node: LightningNode,
): NodeContractEnvironment {
  const { tested, hop, payee } = nodes
  const helpers = helpersOf(network, { tested, hop })
  return {
    node,
    network: 'simnet',
    peer: contractPeer(payee),
    otherNetworkInvoice,
    async mine(blocks) {
      await network.chain.mine(blocks)
      // The helpers follow, too; waiting for all of them at each of many blocks would take minutes.
      await Promise.all([tested, hop].map((one) => one.waitUntilSynced()))
    },
    waitFor: async (awaited, condition) => {
      await waitUntil(awaited, condition)
    },
    passTime: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
    stopNode: () => tested.stop(),
    async startNode() {
      await tested.start()
      await tested.waitUntilSynced()
      // The channel comes back a moment after LND answers.
      const [channel] = await tested.listChannels()
      if (channel) await tested.waitUntilChannelActive(channel.channel_point)
    },
    async openChannel(capacitySat) {
      await tested.connect(hop)
      return tested.openChannel(hop, capacitySat)
    },
    async closeChannel(channelPoint, { isForce }) {
      await tested.closeChannel(channelPoint, isForce)
    },
    async payOnChain(address, amountSat) {
      await network.chain.send(address, amountSat)
    },
    async reorganize(blocks) {
      await network.chain.takeBack(blocks)
      await network.mine(blocks + 1)
    },
    channelPeer: async (wish) => channelPeer(await helpers.taker(wish)),
    poorNode: async () => adapterOf(await helpers.poor()),
    forward: (amountMsat) => helpers.forward(amountMsat),
  }
}

function channelPeer(node: RunningNode): ContractChannelPeer {
  return {
    publicKey: node.publicKey,
    address: node.details.peerAddress,
    stop: () => node.stop(),
    async start() {
      await node.start()
      await node.waitUntilSynced()
    },
    createHoldInvoice: (terms) => holdAt(node, terms),
  }
}

/** BOLT11's own first example: mainnet, good checksum. */
const otherNetworkInvoice =
  'lnbc1pvjluezpp5qqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqqqsyqcyq5rqwzqfqypqdpl2pkx2ctnv5sxxmmwwd5kgetjypeh2ursdae8g6twvus8g6rfwvs8qun0dfjkxaq8rkx3yf5tcsyz3d73gafnh3cax9rn449d9p5uxz9ezhhypd0elx87sjle52x86fux2ypatgddc6k63n7erqz25le42c4u4ecky03ylcqca784w'

type InvoiceTerms = Parameters<ContractPeer['createInvoice']>[0]

function fieldsOf({ amountMsat, memo, expirySeconds }: InvoiceTerms): object {
  return {
    ...(amountMsat === null ? {} : { value_msat: amountMsat.toString() }),
    ...(memo === undefined ? {} : { memo }),
    expiry: String(expirySeconds ?? 3600),
  }
}

async function holdAt(
  node: RegtestNode,
  invoice: InvoiceTerms,
): ReturnType<ContractPeer['createHoldInvoice']> {
  const preimage = randomBytes(32)
  const hash = createHash('sha256').update(preimage).digest()
  const added = await node.addHoldInvoice(hash, fieldsOf(invoice))
  return {
    paymentRequest: added.payment_request,
    paymentHash: hash.toString('hex'),
    waitAccepted: async () => {
      await node.waitUntilInvoice(hash, 'ACCEPTED')
    },
    settle: () => node.settleHold(preimage),
    cancel: () => node.cancelHold(hash),
  }
}

function contractPeer(payee: RegtestNode): ContractPeer {
  return {
    publicKey: payee.publicKey,
    async createInvoice(invoice) {
      const added = await payee.addInvoice(fieldsOf(invoice))
      return { paymentRequest: added.payment_request, paymentHash: added.r_hash.toString('hex') }
    },
    createHoldInvoice: (invoice) => holdAt(payee, invoice),
    cancelInvoice: (paymentHash) => payee.cancelHold(Buffer.from(paymentHash, 'hex')),
    pay: (paymentRequest, amountMsat) => pay(payee, paymentRequest, amountMsat),
    keysend: async (publicKey, amountMsat) => ended(await payee.keysend(publicKey, amountMsat)),
  }
}

interface Decoded {
  readonly num_msat: string
  readonly destination: string
  readonly payment_hash: string
  readonly payment_addr: Buffer
  readonly cltv_expiry: string
}

/** LND refuses another amount for an invoice that names one, so such a payer pays by hash and secret. */
async function pay(
  payee: RegtestNode,
  paymentRequest: string,
  amountMsat: bigint | undefined,
): Promise<ContractPayment> {
  const decoded = await payee.rpc<Decoded>('lnrpc.Lightning', 'DecodePayReq', {
    pay_req: paymentRequest,
  })
  if (amountMsat === undefined || decoded.num_msat === '0')
    return ended(await payee.pay(paymentRequest, amountMsat))
  const updates = payee.stream<LndPayment>('routerrpc.Router', 'SendPaymentV2', {
    dest: Buffer.from(decoded.destination, 'hex'),
    payment_hash: Buffer.from(decoded.payment_hash, 'hex'),
    payment_addr: decoded.payment_addr,
    final_cltv_delta: Number(decoded.cltv_expiry),
    amt_msat: amountMsat.toString(),
    fee_limit_msat: '1000000',
    timeout_seconds: 60,
    no_inflight_updates: true,
  })
  for await (const payment of updates) {
    if (payment.status === 'SUCCEEDED' || payment.status === 'FAILED') return ended(payment)
  }
  throw new Error('LND ended the payment stream without a last word')
}

const failures: Readonly<Record<string, PaymentFailure>> = {
  FAILURE_REASON_TIMEOUT: 'timeout',
  FAILURE_REASON_NO_ROUTE: 'no-route',
  FAILURE_REASON_ERROR: 'error',
  FAILURE_REASON_INCORRECT_PAYMENT_DETAILS: 'incorrect-details',
  FAILURE_REASON_INSUFFICIENT_BALANCE: 'insufficient-balance',
  FAILURE_REASON_CANCELED: 'canceled',
}

function ended({ status, failure_reason }: LndPayment): ContractPayment {
  if (status === 'SUCCEEDED') return { state: 'succeeded' }
  const failure = failures[failure_reason]
  return failure ? { state: 'failed', failure } : { state: 'failed' }
}
