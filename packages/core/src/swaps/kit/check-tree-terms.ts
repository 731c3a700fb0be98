import { secp256k1 } from '@noble/curves/secp256k1.js'
import { hex } from '../../keys.ts'
import { leafVersion, type ReverseTree, reverseTreeAddress } from './build-reverse-tree.ts'
import type { ReadOutput } from './read-terms.ts'
import { refuseTerms as no, type TermsRefusal } from './terms-refusal.ts'
import type { ReverseRequest } from './verify-reverse-terms.ts'

/** The other signer is another one, and can be aggregated with. */
export function checkKeys(
  request: Pick<ReverseRequest, 'claimPublicKey'>,
  terms: ReadOutput,
): TermsRefusal | undefined {
  const field = 'refundPublicKey'
  // With its own key on both sides, or ours, the aggregate is not the one of two parties.
  if (terms.refundPublicKey.slice(2) === request.claimPublicKey.slice(2))
    return no('refund-key-ours', field, 'it is our claim key')
  try {
    secp256k1.Point.fromHex(terms.refundPublicKey)
  } catch {
    return no('refund-key-invalid', field, 'it is no point of the curve')
  }
  return undefined
}

/** Both leaves byte by byte, and no third way to spend. */
export function checkLeaves(tree: ReverseTree, { leaves }: ReadOutput): TermsRefusal | undefined {
  const expected = [
    { name: 'claimLeaf', script: tree.claimLeaf, reason: 'claim-leaf-differs' },
    { name: 'refundLeaf', script: tree.refundLeaf, reason: 'refund-leaf-differs' },
  ] as const
  for (const name of leaves.keys()) {
    if (!expected.some((leaf) => leaf.name === name))
      return no('leaf-extra', 'leaves', 'there is another way to spend the output')
  }
  for (const { name, script, reason } of expected) {
    const leaf = leaves.get(name)
    if (!leaf) return no('leaf-missing', name, 'it is missing')
    if (leaf.version !== leafVersion)
      return no('leaf-version', name, `its version is ${leaf.version}`)
    if (leaf.script !== hex(script)) return no(reason, name, 'it is not the script that was agreed')
  }
  return undefined
}

/** The address is the one of the locally built output. */
export function checkAddress(
  tree: ReverseTree,
  request: Pick<ReverseRequest, 'network'>,
  terms: ReadOutput,
): TermsRefusal | undefined {
  const own = reverseTreeAddress(tree, request.network)
  return terms.lockupAddress === own
    ? undefined
    : no('address-differs', 'lockupAddress', `with these keys and leaves it must be ${own}`)
}
