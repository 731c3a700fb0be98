// The swap server's half of MuSig2 (BIP327), on btcd's own implementation.
//
// One request per line of standard input, one answer per line of standard output:
//
//	{"id":1,"method":"sign","params":{…}}  →  {"id":1,"result":{…}} or {"id":1,"error":"…"}
//
// `musig2 vectors` prints the test vectors instead. Keys are used in the order in which they are given; all bytes are
// hex. The program keeps nothing between two requests.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
)

type request struct {
	Id     int64           `json:"id"`
	Method string          `json:"method"`
	Params json.RawMessage `json:"params"`
}

type answer struct {
	Id     int64  `json:"id"`
	Result any    `json:"result,omitempty"`
	Error  string `json:"error,omitempty"`
}

var methods = map[string]func(json.RawMessage) (any, error){
	"aggregate": aggregate,
	"sign":      signPartially,
	"combine":   combine,
	"execute":   execute,
}

func main() {
	if len(os.Args) > 1 && os.Args[1] == "vectors" {
		if err := printVectors(os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 8<<20)
	out := json.NewEncoder(os.Stdout)
	for lines.Scan() {
		if err := out.Encode(serve(lines.Bytes())); err != nil {
			os.Exit(1)
		}
	}
}

func serve(line []byte) (reply answer) {
	var asked request
	if err := json.Unmarshal(line, &asked); err != nil {
		return answer{Error: err.Error()}
	}
	reply.Id = asked.Id
	// A key that is no point makes the library panic in places.
	defer func() {
		if failure := recover(); failure != nil {
			reply.Result, reply.Error = nil, fmt.Sprint(failure)
		}
	}()
	method, ok := methods[asked.Method]
	if !ok {
		reply.Error = "unknown method " + asked.Method
		return reply
	}
	result, err := method(asked.Params)
	if err != nil {
		// The script engine has errors without words.
		if reply.Error = err.Error(); reply.Error == "" {
			reply.Error = fmt.Sprintf("%#v", err)
		}
		return reply
	}
	reply.Result = result
	return reply
}
