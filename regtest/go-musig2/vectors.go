package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"github.com/btcsuite/btcd/btcec/v2"
	"github.com/btcsuite/btcd/btcec/v2/schnorr"
	"github.com/btcsuite/btcd/btcec/v2/schnorr/musig2"
	"github.com/btcsuite/btcd/btcutil"
	"github.com/btcsuite/btcd/chaincfg"
	"github.com/btcsuite/btcd/chaincfg/chainhash"
	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

const (
	swapCount = 12
	feeSat    = 300
)

type leafVector struct {
	Version byte   `json:"version"`
	Script  string `json:"script"`
	Hash    string `json:"hash"`
	// For a spending by this leaf.
	ControlBlock string `json:"controlBlock"`
}

type lockupVector struct {
	Transaction   string `json:"transaction"`
	TransactionId string `json:"transactionId"`
	OutputIndex   int    `json:"outputIndex"`
	AmountSat     int64  `json:"amountSat"`
	Script        string `json:"script"`
}

type claimVector struct {
	// Without witness.
	Unsigned          string `json:"unsigned"`
	DestinationScript string `json:"destinationScript"`
	AmountSat         int64  `json:"amountSat"`
	KeyPathSighash    string `json:"keyPathSighash"`
	ClaimLeafSighash  string `json:"claimLeafSighash"`
	// Whole transactions; btcd's script engine has taken them.
	Cooperative string `json:"cooperative"`
	ScriptPath  string `json:"scriptPath"`
}

type sessionVector struct {
	// 97 bytes as BIP327 writes them: two scalars and the signer's public key.
	ServerSecretNonce      string `json:"serverSecretNonce"`
	ServerPublicNonce      string `json:"serverPublicNonce"`
	ClientSecretNonce      string `json:"clientSecretNonce"`
	ClientPublicNonce      string `json:"clientPublicNonce"`
	AggregateNonce         string `json:"aggregateNonce"`
	ServerPartialSignature string `json:"serverPartialSignature"`
	ClientPartialSignature string `json:"clientPartialSignature"`
	Signature              string `json:"signature"`
}

type swapVector struct {
	Name            string            `json:"name"`
	ServerSecretKey string            `json:"serverSecretKey"`
	ServerPublicKey string            `json:"serverPublicKey"`
	ClientSecretKey string            `json:"clientSecretKey"`
	ClientPublicKey string            `json:"clientPublicKey"`
	Preimage        string            `json:"preimage"`
	PaymentHash     string            `json:"paymentHash"`
	TimeoutHeight   int64             `json:"timeoutHeight"`
	ClaimLeaf       leafVector        `json:"claimLeaf"`
	RefundLeaf      leafVector        `json:"refundLeaf"`
	MerkleRoot      string            `json:"merkleRoot"`
	InternalKey     string            `json:"internalKey"`
	OutputKey       string            `json:"outputKey"`
	Parity          int               `json:"parity"`
	Addresses       map[string]string `json:"addresses"`
	Lockup          lockupVector      `json:"lockup"`
	Claim           claimVector       `json:"claim"`
	Session         sessionVector     `json:"session"`
	// By the refund leaf; valid from the timeout on.
	Refund string `json:"refund"`
}

type vectorFile struct {
	About string       `json:"about"`
	Swaps []swapVector `json:"swaps"`
}

func printVectors(out io.Writer) error {
	file := vectorFile{About: "Reverse swaps of Boltz API v2, made by regtest/go-musig2 (btcd); see its README"}
	for number := 0; number < swapCount; number++ {
		swap, err := makeSwap(fmt.Sprintf("swap %d", number))
		if err != nil {
			return err
		}
		file.Swaps = append(file.Swaps, swap)
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(file)
}

// derive makes 32 bytes that are the same in every run.
func derive(name, purpose string) []byte {
	hash := sha256.Sum256([]byte("payment-node vectors " + name + " " + purpose))
	return hash[:]
}

func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func makeSwap(name string) (swap swapVector, err error) {
	defer func() {
		if failure := recover(); failure != nil {
			err = fmt.Errorf("%s: %v", name, failure)
		}
	}()
	server, _ := btcec.PrivKeyFromBytes(derive(name, "server key"))
	client, _ := btcec.PrivKeyFromBytes(derive(name, "client key"))
	preimage := derive(name, "preimage")
	hash := sha256.Sum256(preimage)
	timeout := int64(100 + int(derive(name, "timeout")[0])*int(derive(name, "timeout")[1])*16)

	claimLeaf := txscript.NewBaseTapLeaf(must(txscript.NewScriptBuilder().
		AddOp(txscript.OP_SIZE).AddInt64(32).AddOp(txscript.OP_EQUALVERIFY).
		AddOp(txscript.OP_HASH160).AddData(btcutil.Hash160(preimage)).AddOp(txscript.OP_EQUALVERIFY).
		AddData(schnorr.SerializePubKey(client.PubKey())).AddOp(txscript.OP_CHECKSIG).Script()))
	refundLeaf := txscript.NewBaseTapLeaf(must(txscript.NewScriptBuilder().
		AddData(schnorr.SerializePubKey(server.PubKey())).AddOp(txscript.OP_CHECKSIGVERIFY).
		AddInt64(timeout).AddOp(txscript.OP_CHECKLOCKTIMEVERIFY).Script()))
	tree := txscript.AssembleTaprootScriptTree(claimLeaf, refundLeaf)
	root := tree.RootNode.TapHash()

	keys := []*btcec.PublicKey{server.PubKey(), client.PubKey()}
	key := must(aggregateKeys(keys, root[:]))
	outputScript := must(txscript.PayToTaprootScript(key.FinalKey))
	controlBlock := func(place int) []byte {
		block := tree.LeafMerkleProofs[place].ToControlBlock(key.PreTweakedKey)
		return must(block.ToBytes())
	}
	leaf := func(from txscript.TapLeaf, place int) leafVector {
		hash := from.TapHash()
		return leafVector{
			Version: byte(from.LeafVersion), Script: hex.EncodeToString(from.Script),
			Hash: hex.EncodeToString(hash[:]), ControlBlock: hex.EncodeToString(controlBlock(place)),
		}
	}
	addresses := map[string]string{}
	for network, parameters := range map[string]*chaincfg.Params{
		"mainnet": &chaincfg.MainNetParams, "testnet": &chaincfg.TestNet3Params,
		"regtest": &chaincfg.RegressionNetParams, "simnet": &chaincfg.SimNetParams,
	} {
		addresses[network] = must(btcutil.NewAddressTaproot(
			schnorr.SerializePubKey(key.FinalKey), parameters)).EncodeAddress()
	}

	// The lockup is the second output, after somebody's change.
	amountSat := int64(25_000 + int(derive(name, "amount")[0])*1000)
	lockup := wire.NewMsgTx(2)
	lockup.AddTxIn(wire.NewTxIn(wire.NewOutPoint((*chainhash.Hash)(derive(name, "coin")), 0), nil, nil))
	lockup.AddTxOut(wire.NewTxOut(77_777, append([]byte{0, 20}, derive(name, "change")[:20]...)))
	lockup.AddTxOut(wire.NewTxOut(amountSat, outputScript))
	lockupId := lockup.TxHash()
	spent := []spentOutput{{Script: hex.EncodeToString(outputScript), AmountSat: amountSat}}
	fetcher := txscript.NewCannedPrevOutputFetcher(outputScript, amountSat)

	spend := func(destination []byte, lockTime uint32) *wire.MsgTx {
		transaction := wire.NewMsgTx(2)
		input := wire.NewTxIn(wire.NewOutPoint(&lockupId, 1), nil, nil)
		input.Sequence = 0xfffffffd
		transaction.AddTxIn(input)
		transaction.AddTxOut(wire.NewTxOut(amountSat-feeSat, destination))
		transaction.LockTime = lockTime
		return transaction
	}
	destination := append([]byte{0, 20}, derive(name, "destination")[:20]...)
	claim := spend(destination, 0)
	unsigned := serialize(claim)
	sighashes := txscript.NewTxSigHashes(claim, fetcher)
	keySighash := must(txscript.CalcTaprootSignatureHash(
		sighashes, txscript.SigHashDefault, claim, 0, fetcher))
	leafSighash := must(txscript.CalcTapscriptSignaturehash(
		sighashes, txscript.SigHashDefault, claim, 0, fetcher, claimLeaf))

	session, signature := runSession(name, server, client, keys, root[:], key.FinalKey, [32]byte(keySighash))
	cooperative := claim.Copy()
	cooperative.TxIn[0].Witness = wire.TxWitness{signature}
	scriptPath := claim.Copy()
	scriptPath.TxIn[0].Witness = wire.TxWitness{
		must(schnorr.Sign(client, leafSighash)).Serialize(), preimage, claimLeaf.Script, controlBlock(0),
	}
	refund := spend(append([]byte{0, 20}, derive(name, "refund")[:20]...), uint32(timeout))
	refundSighash := must(txscript.CalcTapscriptSignaturehash(
		txscript.NewTxSigHashes(refund, fetcher), txscript.SigHashDefault, refund, 0, fetcher, refundLeaf))
	refund.TxIn[0].Witness = wire.TxWitness{
		must(schnorr.Sign(server, refundSighash)).Serialize(), refundLeaf.Script, controlBlock(1),
	}
	for _, transaction := range []*wire.MsgTx{cooperative, scriptPath, refund} {
		if err := runScripts(transaction, spent); err != nil {
			return swap, fmt.Errorf("%s: btcd's engine refuses its own transaction: %w", name, err)
		}
	}

	return swapVector{
		Name:            name,
		ServerSecretKey: hex.EncodeToString(server.Serialize()),
		ServerPublicKey: hex.EncodeToString(server.PubKey().SerializeCompressed()),
		ClientSecretKey: hex.EncodeToString(client.Serialize()),
		ClientPublicKey: hex.EncodeToString(client.PubKey().SerializeCompressed()),
		Preimage:        hex.EncodeToString(preimage),
		PaymentHash:     hex.EncodeToString(hash[:]),
		TimeoutHeight:   timeout,
		ClaimLeaf:       leaf(claimLeaf, 0),
		RefundLeaf:      leaf(refundLeaf, 1),
		MerkleRoot:      hex.EncodeToString(root[:]),
		InternalKey:     hex.EncodeToString(schnorr.SerializePubKey(key.PreTweakedKey)),
		OutputKey:       hex.EncodeToString(schnorr.SerializePubKey(key.FinalKey)),
		Parity:          int(key.FinalKey.SerializeCompressed()[0] & 1),
		Addresses:       addresses,
		Lockup: lockupVector{
			Transaction: serialize(lockup), TransactionId: lockupId.String(), OutputIndex: 1,
			AmountSat: amountSat, Script: hex.EncodeToString(outputScript),
		},
		Claim: claimVector{
			Unsigned: unsigned, DestinationScript: hex.EncodeToString(destination),
			AmountSat: amountSat - feeSat, KeyPathSighash: hex.EncodeToString(keySighash),
			ClaimLeafSighash: hex.EncodeToString(leafSighash),
			Cooperative:      serialize(cooperative), ScriptPath: serialize(scriptPath),
		},
		Session: session,
		Refund:  serialize(refund),
	}, nil
}

func runSession(
	name string, server, client *btcec.PrivateKey, keys []*btcec.PublicKey, root []byte,
	final *btcec.PublicKey, message [32]byte,
) (sessionVector, []byte) {
	nonceOf := func(secret *btcec.PrivateKey, purpose string) *musig2.Nonces {
		return must(makeNonce(secret, final, message, hex.EncodeToString(derive(name, purpose))))
	}
	ours, theirs := nonceOf(server, "server nonce"), nonceOf(client, "client nonce")
	serverHalf := must(signWith(ours, server, theirs.PubNonce, keys, root, message))
	// The order of the nonces does not matter: they are added.
	clientHalf := must(signWith(theirs, client, ours.PubNonce, keys, root, message))
	nonces := [][musig2.PubNonceSize]byte{ours.PubNonce, theirs.PubNonce}
	together := must(musig2.AggregateNonces(nonces))
	halves := []string{hex.EncodeToString(serverHalf[:]), hex.EncodeToString(clientHalf[:])}
	signature := must(combineHalves(keys, root, message, nonces, together, halves)).Serialize()
	return sessionVector{
		ServerSecretNonce:      hex.EncodeToString(ours.SecNonce[:]),
		ServerPublicNonce:      hex.EncodeToString(ours.PubNonce[:]),
		ClientSecretNonce:      hex.EncodeToString(theirs.SecNonce[:]),
		ClientPublicNonce:      hex.EncodeToString(theirs.PubNonce[:]),
		AggregateNonce:         hex.EncodeToString(together[:]),
		ServerPartialSignature: halves[0],
		ClientPartialSignature: halves[1],
		Signature:              hex.EncodeToString(signature),
	}, signature
}

func serialize(transaction *wire.MsgTx) string {
	var raw bytes.Buffer
	must(0, transaction.Serialize(&raw))
	return hex.EncodeToString(raw.Bytes())
}
