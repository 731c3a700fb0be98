import type { SwapTerms, UnreadableSwap } from '@payment-node/core'
import {
  hexOf,
  idForm,
  listOf,
  MalformedAnswer,
  recordOf,
  satOf,
  textOf,
  wholeOf,
} from './answer-fields.ts'

/** A BOLT11 invoice with all its hints has fewer characters. */
const longestInvoice = 4096
const longestAddress = 128
const longestScript = 512
/** The protocol's bound, in bytes. */
const longestMetadata = 1024
const lastHeight = 499_999_999
const mostLeaves = 8

/** What a new swap is said to be. All of it is for core to verify. */
export function readCreated(answer: unknown): SwapTerms {
  const told = recordOf(answer, 'the answer')
  return {
    providerId: textOf(told.id, 'id', idForm, 64),
    invoice: readInvoice(told.invoice),
    lockupAddress: readAddress(told.lockupAddress),
    refundPublicKey: readKey(told.refundPublicKey, 'refundPublicKey'),
    timeoutHeight: readHeight(told.timeoutBlockHeight),
    onchainAmountSat: satOf(told.onchainAmount, 'onchainAmount', 1),
    leaves: readLeaves(told.swapTree),
    ...('minerFeeInvoice' in told && { minerFeeInvoice: String(told.minerFeeInvoice) }),
    raw: answer,
  }
}

/**
 * `POST /swap/restore`: the reverse swaps of bitcoin among what it knows of our keys. What cannot be read of one swap
 * says nothing about the others.
 */
export function readRestored(answer: unknown): readonly (SwapTerms | UnreadableSwap)[] {
  const entries = listOf(answer, 'the answer', 10_000)
  return entries.flatMap((entry, place): readonly (SwapTerms | UnreadableSwap)[] => {
    let providerId = `entry ${place}`
    try {
      const told = recordOf(entry, providerId)
      if (told.type !== 'reverse' || told.from !== 'BTC' || told.to !== 'BTC') return []
      providerId = textOf(told.id, 'id', idForm, 64)
      return [readRestoredSwap(providerId, told)]
    } catch (error) {
      if (!(error instanceof MalformedAnswer)) throw error
      return [{ providerId, unreadable: error.message }]
    }
  })
}

function readRestoredSwap(providerId: string, told: Readonly<Record<string, unknown>>): SwapTerms {
  const claim = recordOf(told.claimDetails, 'claimDetails')
  const paymentHash = unlessUnreadable(() =>
    textOf(told.preimageHash, 'preimageHash', /^[0-9a-f]{64}$/, 64),
  )
  const claimIndex = unlessUnreadable(() => wholeOf(claim.keyIndex, 'keyIndex', 0, 2 ** 31 - 1))
  return {
    providerId,
    // Older servers forget it; the claim needs none, nor the amount, the hash and the index.
    invoice: unlessUnreadable(() => readInvoice(told.invoice)) ?? '',
    lockupAddress: readAddress(claim.lockupAddress),
    refundPublicKey: readKey(claim.serverPublicKey, 'serverPublicKey'),
    timeoutHeight: readHeight(claim.timeoutBlockHeight),
    onchainAmountSat: unlessUnreadable(() => satOf(claim.amount, 'amount')) ?? 0n,
    leaves: readLeaves(claim.tree),
    ...(told.metadata !== undefined &&
      told.metadata !== null && {
        metadata: hexOf(told.metadata, 'metadata', longestMetadata),
      }),
    ...(claimIndex !== undefined && { claimIndex }),
    ...(paymentHash !== undefined && { paymentHash }),
    raw: told,
  }
}

/** What a claim does not need keeps none from being made. */
function unlessUnreadable<T>(read: () => T): T | undefined {
  try {
    return read()
  } catch (error) {
    if (error instanceof MalformedAnswer) return undefined
    throw error
  }
}

function readInvoice(value: unknown): string {
  return textOf(value, 'invoice', /^ln[0-9a-z]+$/i, longestInvoice).toLowerCase()
}

function readAddress(value: unknown): string {
  return textOf(value, 'lockupAddress', /^[0-9a-z]+$/i, longestAddress).toLowerCase()
}

function readKey(value: unknown, field: string): string {
  return textOf(value, field, /^0[23][0-9a-f]{64}$/i, 66).toLowerCase()
}

function readHeight(value: unknown): number {
  return wholeOf(value, 'timeoutBlockHeight', 1, lastHeight)
}

/** All of them, by their names: one too many is for core to see. */
function readLeaves(value: unknown): SwapTerms['leaves'] {
  const entries = Object.entries(recordOf(value, 'swapTree'))
  if (entries.length > mostLeaves) throw new MalformedAnswer('swapTree has too many leaves')
  return Object.fromEntries(
    entries.map(([name, entry]) => {
      const leaf = recordOf(entry, 'a leaf')
      const version = wholeOf(leaf.version, 'version', 0, 255)
      return [name, { version, script: hexOf(leaf.output, 'output', longestScript) }]
    }),
  )
}
