import { createSimulatedNetwork } from '@payment-node/testkit'
import { expect, test } from 'vitest'
import { lightningOver, serveLightning } from '../../src/processes/lightning-over-link.ts'
import { createLink, type Link, type Message, type Served } from '../../src/processes/link.ts'

function connect(served: Served): Link {
  const listeners: ((message: Message) => void)[] = []
  const side = (own: number, other: number, serves: Served): Link =>
    createLink(
      {
        send: (message) => setImmediate(() => listeners[other]!(structuredClone(message))),
        onMessage: (listener) => {
          listeners[own] = listener
        },
      },
      serves,
    )
  side(1, 0, served)
  return side(0, 1, {})
}

/** `getInfo`, `opener.open`, …: every call that a node offers, without what only says who it is. */
function callsOf(node: object): string[] {
  const own = ['contractVersion', 'name', 'close', 'diagnose']
  return Object.entries(node)
    .filter(([member]) => !own.includes(member))
    .flatMap(([member, value]) =>
      typeof value === 'function'
        ? [member]
        : Object.keys(value as object).map((nested) => `${member}.${nested}`),
    )
    .sort()
}

test('a node in another process has every call of the node that serves it, also those of its parts', () => {
  const node = createSimulatedNetwork().addNode('shop').lightning
  const served = serveLightning(node)
  const far = lightningOver(connect(served))
  expect(callsOf(far)).toEqual(callsOf(node))
  expect(Object.keys(served).sort()).toEqual(callsOf(node))
})

test('a channel is opened, and seen in the wallet, over the link', async () => {
  const network = createSimulatedNetwork()
  const [shop, hub] = [network.addNode('shop'), network.addNode('hub')]
  shop.fund(1_000_000n)
  const far = lightningOver(connect(serveLightning(shop.lightning)))
  const opened = (async () => {
    await far.opener!.connect(hub.publicKey, hub.address)
    const [coin] = await far.onchain!.unspent()
    return far.opener!.open({
      ...{ peer: hub.publicKey, capacitySat: 500_000n, satPerVbyte: 2 },
      ...{ outpoints: [coin!.outpoint], memo: 'over the link', isPrivate: false },
    })
  })()
  let isDone = false
  void opened.finally(() => {
    isDone = true
  })
  while (!isDone) {
    await network.clock.advance(100)
    await new Promise(setImmediate)
  }
  const { channelPoint } = await opened
  const [funding] = shop.lightning.onchain ? network.waitingTransactions : []
  expect(channelPoint.split(':')[0]).toBe(funding!.id)
})
