import { recordOf, textOf } from './answer-fields.ts'

/** `GET /nodes`: public keys of the Lightning nodes that invoice, whatever their software is called. */
export function readPayees(answer: unknown): readonly string[] {
  const { BTC: nodes } = recordOf(answer, 'the answer')
  return Object.values(recordOf(nodes, 'BTC'))
    .slice(0, 16)
    .map((node) => {
      const { publicKey } = recordOf(node, 'a node')
      return textOf(publicKey, 'publicKey', /^0[23][0-9a-f]{64}$/i, 66).toLowerCase()
    })
}
