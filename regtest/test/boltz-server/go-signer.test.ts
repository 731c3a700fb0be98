import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createMusigSigner, type MusigSigner } from '@payment-node/testkit/boltz-server'
import { afterAll, expect, test } from 'vitest'
import { buildSigner, startGoSigner } from '../../boltz-server/index.ts'

interface SwapVector {
  readonly name: string
  readonly serverSecretKey: string
  readonly serverPublicKey: string
  readonly clientPublicKey: string
  readonly merkleRoot: string
  readonly internalKey: string
  readonly outputKey: string
  readonly parity: number
  readonly lockup: { readonly script: string; readonly amountSat: number }
  readonly claim: {
    readonly keyPathSighash: string
    readonly cooperative: string
    readonly scriptPath: string
  }
  readonly session: {
    readonly serverPublicNonce: string
    readonly clientPublicNonce: string
    readonly serverPartialSignature: string
    readonly clientPartialSignature: string
    readonly signature: string
  }
  readonly refund: string
}

const path = join(import.meta.dirname, '../../../packages/core/test/swaps/vectors/boltz.json')
const committed = readFileSync(path, 'utf8')
const { swaps } = JSON.parse(committed) as { swaps: readonly SwapVector[] }
const signer = await startGoSigner()
afterAll(() => signer[Symbol.asyncDispose]())

const keysOf = (swap: SwapVector) => ({
  publicKeys: [swap.serverPublicKey, swap.clientPublicKey],
  merkleRoot: swap.merkleRoot,
})

test('the program writes the vectors that are committed', async () => {
  const written = execFileSync(await buildSigner(), ['vectors'], { encoding: 'utf8' })
  expect(written).toBe(committed)
})

test('the program aggregates and combines as recorded, and combines no half that is wrong', async () => {
  for (const swap of swaps) {
    const { session } = swap
    expect(await signer.aggregate(keysOf(swap))).toEqual({
      internalKey: swap.internalKey,
      outputKey: swap.outputKey,
      parity: swap.parity,
    })
    const whole = {
      ...keysOf(swap),
      message: swap.claim.keyPathSighash,
      publicNonces: [session.serverPublicNonce, session.clientPublicNonce],
      partialSignatures: [session.serverPartialSignature, session.clientPartialSignature],
    }
    expect(await signer.combine(whole)).toBe(session.signature)
    const wrong = { ...whole, partialSignatures: whole.partialSignatures.toReversed() }
    await expect(signer.combine(wrong)).rejects.toThrow(/does not verify/)
  }
})

test('halves of the program and of the signer without Go verify, with fresh nonces each time', async () => {
  const portable = createMusigSigner()
  for (const swap of swaps) {
    const signing = { ...keysOf(swap), message: swap.claim.keyPathSighash }
    // Each in the server's place, for a nonce of the other side that is recorded.
    const halfOf = (by: MusigSigner) =>
      by.sign({
        ...signing,
        secretKey: swap.serverSecretKey,
        theirNonce: swap.session.clientPublicNonce,
      })
    const halves = [await halfOf(signer), await halfOf(signer), await halfOf(portable)]
    expect(new Set(halves.map(({ publicNonce }) => publicNonce)).size).toBe(3)
    for (const { publicNonce, partialSignature } of halves) {
      // The client's half belongs to other nonces: the server's is judged first, and stands.
      const session = {
        ...signing,
        publicNonces: [publicNonce, swap.session.clientPublicNonce],
        partialSignatures: [partialSignature, swap.session.clientPartialSignature],
      }
      await expect(signer.combine(session)).rejects.toThrow('partial signature 1 does not verify')
    }
  }
})

test("btcd's script engine takes the recorded claims and refunds, and none of another amount", async () => {
  for (const swap of swaps) {
    const { script, amountSat } = swap.lockup
    for (const transaction of [swap.claim.cooperative, swap.claim.scriptPath, swap.refund]) {
      await signer.execute({ transaction, spent: [{ script, amountSat }] })
      const other = { transaction, spent: [{ script, amountSat: amountSat + 1 }] }
      await expect(signer.execute(other), swap.name).rejects.toThrow(/go-musig2/)
    }
  }
})

test('what the program cannot read is an error, and it goes on', async () => {
  const [swap] = swaps
  const bad = { ...keysOf(swap!), publicKeys: [`02${'5'.padStart(64, '0')}`] }
  await expect(signer.aggregate(bad)).rejects.toThrow(/go-musig2/)
  const short = { ...keysOf(swap!), secretKey: 'ab', message: 'ab', theirNonce: 'ab' }
  await expect(signer.sign(short)).rejects.toThrow(/32 bytes/)
  expect((await signer.aggregate(keysOf(swap!))).outputKey).toBe(swap!.outputKey)
})
