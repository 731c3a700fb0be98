package main

import (
	"bytes"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
)

// signingNonce is R = R1 + b·R2 of BIP327, which btcd computes while signing and does not export.
func signingNonce(
	together [musig2.PubNonceSize]byte, key *btcec.PublicKey, message [32]byte,
) (*btcec.PublicKey, error) {
	first, err := btcec.ParsePubKey(together[:33])
	if err != nil {
		return nil, err
	}
	second, err := btcec.ParsePubKey(together[33:])
	if err != nil {
		return nil, err
	}
	var hashed bytes.Buffer
	hashed.Write(together[:])
	hashed.Write(schnorr.SerializePubKey(key))
	hashed.Write(message[:])
	blinder := chainhash.TaggedHash(musig2.NonceBlindTag, hashed.Bytes())
	var factor btcec.ModNScalar
	factor.SetByteSlice(blinder[:])
	var r1, r2, sum btcec.JacobianPoint
	first.AsJacobian(&r1)
	second.AsJacobian(&r2)
	btcec.ScalarMultNonConst(&factor, &r2, &r2)
	btcec.AddNonConst(&r1, &r2, &sum)
	sum.ToAffine()
	return btcec.NewPublicKey(&sum.X, &sum.Y), nil
}
