import { expect, test } from 'vitest'
import vectors from '../../../core/test/swaps/vectors/boltz.json' with { type: 'json' }
import { createMusigSigner, judgeTaprootSpending } from '../../src/boltz-server/index.ts'
import { signWithNonce } from '../../src/boltz-server/musig-signer.ts'
import {
  honestTree,
  merkleRoot,
  segwitAddress,
  taprootScript,
} from '../../src/boltz-server/swap-tree.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

test('tree, key aggregation and address are what btcd makes of the same keys', async () => {
  const signer = createMusigSigner()
  for (const swap of vectors.swaps) {
    const tree = honestTree({
      paymentHash: swap.paymentHash,
      claimPublicKey: swap.clientPublicKey,
      refundPublicKey: swap.serverPublicKey,
      timeoutHeight: swap.timeoutHeight,
    })
    const root = merkleRoot(tree)
    const publicKeys = [swap.serverPublicKey, swap.clientPublicKey]
    const key = await signer.aggregate({ publicKeys, merkleRoot: root })
    expect([swap.name, tree.claimLeaf.output, tree.refundLeaf.output, root, key]).toEqual([
      swap.name,
      swap.claimLeaf.script,
      swap.refundLeaf.script,
      swap.merkleRoot,
      { internalKey: swap.internalKey, outputKey: swap.outputKey, parity: swap.parity },
    ])
    const script = taprootScript(key.outputKey)
    expect(hex(script)).toBe(swap.lockup.script)
    for (const network of ['mainnet', 'regtest', 'simnet'] as const) {
      expect(segwitAddress(script, network)).toBe(swap.addresses[network])
    }
  }
  expect(new Set(vectors.swaps.map(({ parity }) => parity)).size).toBe(2)
})

test('with the same nonces the halves of both sides are those that btcd has recorded', () => {
  for (const { session, ...swap } of vectors.swaps) {
    const shared = {
      publicKeys: [swap.serverPublicKey, swap.clientPublicKey],
      merkleRoot: swap.merkleRoot,
      message: swap.claim.keyPathSighash,
    }
    const nonces = (secret: string): readonly [bigint, bigint] => [
      BigInt(`0x${secret.slice(0, 64)}`),
      BigInt(`0x${secret.slice(64, 128)}`),
    ]
    const server = signWithNonce(
      { ...shared, secretKey: swap.serverSecretKey, theirNonce: session.clientPublicNonce },
      nonces(session.serverSecretNonce),
    )
    const client = signWithNonce(
      { ...shared, secretKey: swap.clientSecretKey, theirNonce: session.serverPublicNonce },
      nonces(session.clientSecretNonce),
    )
    expect([swap.name, server, client]).toEqual([
      swap.name,
      {
        publicNonce: session.serverPublicNonce,
        partialSignature: session.serverPartialSignature,
      },
      {
        publicNonce: session.clientPublicNonce,
        partialSignature: session.clientPartialSignature,
      },
    ])
  }
})

test('the judge takes what the script engine of btcd has taken, and nothing that was changed', () => {
  for (const swap of vectors.swaps) {
    const spent = [{ script: swap.lockup.script, amountSat: BigInt(swap.lockup.amountSat) }]
    const judge = (transaction: string): string | undefined =>
      judgeTaprootSpending({ rawTransaction: Buffer.from(transaction, 'hex'), spent })
    const { cooperative, scriptPath } = swap.claim
    for (const transaction of [cooperative, scriptPath, swap.refund]) {
      expect([swap.name, judge(transaction)]).toEqual([swap.name, undefined])
      // Another amount is another message; another key is another tree.
      const amount = Buffer.alloc(8)
      amount.writeBigUInt64LE(BigInt(swap.claim.amountSat))
      const less = Buffer.alloc(8)
      less.writeBigUInt64LE(BigInt(swap.claim.amountSat - 1))
      expect(judge(transaction.replace(hex(amount), hex(less)))).toMatch(/signature/)
    }
    expect(judge(scriptPath.replace(swap.preimage, '11'.repeat(32)))).toMatch(/differ/)
    expect(judge(scriptPath.replace(swap.internalKey, swap.outputKey))).toMatch(/tree/)
    const [parity, other] = swap.parity === 0 ? ['c0', 'c1'] : ['c1', 'c0']
    const flipped = scriptPath.replace(parity + swap.internalKey, other + swap.internalKey)
    expect(judge(flipped)).toMatch(/tree/)
    // A lock time before the timeout (its script has it, too; this is the transaction's own).
    expect(judge(`${swap.refund.slice(0, -8)}00000000`)).toMatch(/signature|lock time/)
  }
})
