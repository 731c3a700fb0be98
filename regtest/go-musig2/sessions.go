package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
)

// keySet is what every method needs: who signs, in order, and the tree that the key is tweaked with.
type keySet struct {
	PublicKeys []string `json:"publicKeys"`
	// Empty: the key is not tweaked.
	MerkleRoot string `json:"merkleRoot"`
}

func (set keySet) read() ([]*btcec.PublicKey, []byte, error) {
	keys := make([]*btcec.PublicKey, len(set.PublicKeys))
	for place, text := range set.PublicKeys {
		raw, err := hex.DecodeString(text)
		if err != nil {
			return nil, nil, err
		}
		if keys[place], err = btcec.ParsePubKey(raw); err != nil {
			return nil, nil, err
		}
	}
	root, err := hex.DecodeString(set.MerkleRoot)
	return keys, root, err
}

type aggregated struct {
	// x only, 32 bytes: internal key of the taproot output, and its output key.
	InternalKey string `json:"internalKey"`
	OutputKey   string `json:"outputKey"`
	// 1 when the output key's y is odd: the lowest bit of a control block.
	Parity int `json:"parity"`
}

func aggregateKeys(keys []*btcec.PublicKey, root []byte) (*musig2.AggregateKey, error) {
	var options []musig2.KeyAggOption
	if len(root) > 0 {
		options = append(options, musig2.WithTaprootKeyTweak(root))
	}
	key, _, _, err := musig2.AggregateKeys(keys, false, options...)
	return key, err
}

func aggregate(params json.RawMessage) (any, error) {
	var asked keySet
	if err := json.Unmarshal(params, &asked); err != nil {
		return nil, err
	}
	keys, root, err := asked.read()
	if err != nil {
		return nil, err
	}
	key, err := aggregateKeys(keys, root)
	if err != nil {
		return nil, err
	}
	return aggregated{
		InternalKey: hex.EncodeToString(schnorr.SerializePubKey(key.PreTweakedKey)),
		OutputKey:   hex.EncodeToString(schnorr.SerializePubKey(key.FinalKey)),
		Parity:      int(key.FinalKey.SerializeCompressed()[0] & 1),
	}, nil
}

type signRequest struct {
	keySet
	SecretKey string `json:"secretKey"`
	Message   string `json:"message"`
	// The other party's, 66 bytes.
	TheirNonce string `json:"theirNonce"`
	// 32 bytes for a nonce that can be made again; left out: a fresh one.
	NonceSeed string `json:"nonceSeed"`
}

type half struct {
	PublicNonce      string `json:"publicNonce"`
	PartialSignature string `json:"partialSignature"`
}

func readMessage(text string) (message [32]byte, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return message, errors.New("a message has 32 bytes")
	}
	copy(message[:], raw)
	return message, nil
}

func readNonce(text string) (nonce [musig2.PubNonceSize]byte, err error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != len(nonce) {
		return nonce, errors.New("a public nonce has 66 bytes")
	}
	copy(nonce[:], raw)
	return nonce, nil
}

func readSecret(text string) (*btcec.PrivateKey, error) {
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != 32 {
		return nil, errors.New("a secret key has 32 bytes")
	}
	key, _ := btcec.PrivKeyFromBytes(raw)
	return key, nil
}

func makeNonce(
	secret *btcec.PrivateKey, combined *btcec.PublicKey, message [32]byte, seed string,
) (*musig2.Nonces, error) {
	options := []musig2.NonceGenOption{
		musig2.WithPublicKey(secret.PubKey()),
		musig2.WithNonceSecretKeyAux(secret),
		musig2.WithNonceCombinedKeyAux(combined),
		musig2.WithNonceMessageAux(message),
	}
	if seed != "" {
		raw, err := hex.DecodeString(seed)
		if err != nil || len(raw) != 32 {
			return nil, errors.New("a nonce seed has 32 bytes")
		}
		options = append(options, musig2.WithCustomRand(bytes.NewReader(raw)))
	}
	return musig2.GenNonces(options...)
}

func signWith(
	nonce *musig2.Nonces, secret *btcec.PrivateKey, theirs [musig2.PubNonceSize]byte,
	keys []*btcec.PublicKey, root []byte, message [32]byte,
) ([32]byte, error) {
	var encoded [32]byte
	together, err := musig2.AggregateNonces([][musig2.PubNonceSize]byte{nonce.PubNonce, theirs})
	if err != nil {
		return encoded, err
	}
	var options []musig2.SignOption
	if len(root) > 0 {
		options = append(options, musig2.WithTaprootSignTweak(root))
	}
	signature, err := musig2.Sign(nonce.SecNonce, secret, together, keys, message, options...)
	if err != nil {
		return encoded, err
	}
	signature.S.PutBytes(&encoded)
	return encoded, nil
}

func signPartially(params json.RawMessage) (any, error) {
	var asked signRequest
	if err := json.Unmarshal(params, &asked); err != nil {
		return nil, err
	}
	keys, root, err := asked.read()
	if err != nil {
		return nil, err
	}
	secret, err := readSecret(asked.SecretKey)
	if err != nil {
		return nil, err
	}
	message, err := readMessage(asked.Message)
	if err != nil {
		return nil, err
	}
	theirs, err := readNonce(asked.TheirNonce)
	if err != nil {
		return nil, err
	}
	key, err := aggregateKeys(keys, root)
	if err != nil {
		return nil, err
	}
	nonce, err := makeNonce(secret, key.FinalKey, message, asked.NonceSeed)
	if err != nil {
		return nil, err
	}
	signature, err := signWith(nonce, secret, theirs, keys, root, message)
	if err != nil {
		return nil, err
	}
	return half{
		PublicNonce:      hex.EncodeToString(nonce.PubNonce[:]),
		PartialSignature: hex.EncodeToString(signature[:]),
	}, nil
}

type combineRequest struct {
	keySet
	Message           string   `json:"message"`
	PublicNonces      []string `json:"publicNonces"`
	PartialSignatures []string `json:"partialSignatures"`
}

type combined struct {
	// 64 bytes (BIP340); it verifies under the output key, or there is an error instead.
	Signature string `json:"signature"`
}

func combine(params json.RawMessage) (any, error) {
	var asked combineRequest
	if err := json.Unmarshal(params, &asked); err != nil {
		return nil, err
	}
	keys, root, err := asked.read()
	if err != nil {
		return nil, err
	}
	message, err := readMessage(asked.Message)
	if err != nil {
		return nil, err
	}
	if len(asked.PublicNonces) != len(keys) || len(asked.PartialSignatures) != len(keys) {
		return nil, errors.New("one nonce and one partial signature per key")
	}
	nonces := make([][musig2.PubNonceSize]byte, len(keys))
	for place, text := range asked.PublicNonces {
		if nonces[place], err = readNonce(text); err != nil {
			return nil, err
		}
	}
	together, err := musig2.AggregateNonces(nonces)
	if err != nil {
		return nil, err
	}
	signature, err := combineHalves(keys, root, message, nonces, together, asked.PartialSignatures)
	if err != nil {
		return nil, err
	}
	return combined{Signature: hex.EncodeToString(signature.Serialize())}, nil
}

func combineHalves(
	keys []*btcec.PublicKey, root []byte, message [32]byte,
	nonces [][musig2.PubNonceSize]byte, together [musig2.PubNonceSize]byte, halves []string,
) (*schnorr.Signature, error) {
	key, err := aggregateKeys(keys, root)
	if err != nil {
		return nil, err
	}
	point, err := signingNonce(together, key.FinalKey, message)
	if err != nil {
		return nil, err
	}
	var signOptions []musig2.SignOption
	var combineOptions []musig2.CombineOption
	if len(root) > 0 {
		signOptions = append(signOptions, musig2.WithTaprootSignTweak(root))
		combineOptions = append(combineOptions,
			musig2.WithTaprootTweakedCombine(message, keys, root, false))
	}
	parts := make([]*musig2.PartialSignature, len(halves))
	for place, text := range halves {
		raw, err := hex.DecodeString(text)
		if err != nil || len(raw) != 32 {
			return nil, errors.New("a partial signature has 32 bytes")
		}
		var scalar btcec.ModNScalar
		if scalar.SetByteSlice(raw) {
			return nil, fmt.Errorf("partial signature %d is not below the order", place)
		}
		part := musig2.NewPartialSignature(&scalar, point)
		if !part.Verify(nonces[place], together, keys, keys[place], message, signOptions...) {
			return nil, fmt.Errorf("partial signature %d does not verify", place)
		}
		parts[place] = &part
	}
	signature := musig2.CombineSigs(point, parts, combineOptions...)
	if !signature.Verify(message[:], key.FinalKey) {
		return nil, errors.New("the signature does not verify")
	}
	return signature, nil
}
