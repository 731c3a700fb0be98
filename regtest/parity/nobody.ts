/** A good public key that no node has: the generator point of secp256k1. */
export const nobody = '0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798'
