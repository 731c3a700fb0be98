package main

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"

	"github.com/btcsuite/btcd/txscript"
	"github.com/btcsuite/btcd/wire"
)

type spentOutput struct {
	Script    string `json:"script"`
	AmountSat int64  `json:"amountSat"`
}

type executeRequest struct {
	Transaction string        `json:"transaction"`
	Spent       []spentOutput `json:"spent"`
}

// execute runs the scripts of a transaction's inputs through btcd's own engine, as its mempool does.
func execute(params json.RawMessage) (any, error) {
	var asked executeRequest
	if err := json.Unmarshal(params, &asked); err != nil {
		return nil, err
	}
	transaction, err := readTransaction(asked.Transaction)
	if err != nil {
		return nil, err
	}
	return map[string]bool{"isAccepted": true}, runScripts(transaction, asked.Spent)
}

func readTransaction(text string) (*wire.MsgTx, error) {
	raw, err := hex.DecodeString(text)
	if err != nil {
		return nil, err
	}
	transaction := wire.NewMsgTx(2)
	return transaction, transaction.Deserialize(bytes.NewReader(raw))
}

func runScripts(transaction *wire.MsgTx, spent []spentOutput) error {
	if len(spent) != len(transaction.TxIn) {
		return errors.New("one spent output per input")
	}
	fetcher := txscript.NewMultiPrevOutFetcher(nil)
	for place, output := range spent {
		script, err := hex.DecodeString(output.Script)
		if err != nil {
			return err
		}
		fetcher.AddPrevOut(transaction.TxIn[place].PreviousOutPoint, &wire.TxOut{
			Value: output.AmountSat, PkScript: script,
		})
	}
	hashes := txscript.NewTxSigHashes(transaction, fetcher)
	for place, input := range transaction.TxIn {
		output := fetcher.FetchPrevOutput(input.PreviousOutPoint)
		engine, err := txscript.NewEngine(output.PkScript, transaction, place,
			txscript.StandardVerifyFlags, nil, hashes, output.Value, fetcher)
		if err != nil {
			return err
		}
		if err := engine.Execute(); err != nil {
			return err
		}
	}
	return nil
}
