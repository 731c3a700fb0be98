import { PaymentNodeError, type TransactionFunding } from '@payment-node/core'
import type { Lie } from './management-lies.ts'

function fundingLie(
  noticedBy: string,
  tell: (
    honest: TransactionFunding,
    publish: (raw: Uint8Array) => Promise<void>,
  ) => Partial<TransactionFunding>,
): Lie {
  return {
    noticedBy,
    tell: (node) => {
      const publish = (raw: Uint8Array): Promise<void> => node.onchain!.publish(raw, 'a lie')
      return { funding: { ...node.funding!, ...tell(node.funding!, publish) } }
    },
  }
}

/** Lies about making transactions. */
export const fundingLies: Record<string, Lie> = {
  'funds without locking': fundingLie(
    'a funding chooses coins, adds change, and locks what it spends',
    (funding) => ({
      async fund(request) {
        const funded = await funding.fund(request)
        await funding.release(request.lockId, funded.inputs)
        return funded
      },
    }),
  ),
  'asks more than the feerate': fundingLie(
    'a funding chooses coins, adds change, and locks what it spends',
    (funding) => ({
      fund: (request) => funding.fund({ ...request, satPerVbyte: request.satPerVbyte * 1.1 }),
    }),
  ),
  'names another output as the change': fundingLie(
    'a child spends the unconfirmed change alone, and takes its parent along',
    (funding) => ({
      async fund(request) {
        const funded = await funding.fund(request)
        return { ...funded, changeIndex: 1 - funded.changeIndex }
      },
    }),
  ),
  'adds coins to the given ones': fundingLie(
    'given coins are the only inputs, all of them',
    (funding) => ({
      fund: ({ coins: _, ...request }) => funding.fund(request),
    }),
  ),
  'publishes what it signs': fundingLie(
    'signing again gives the same bytes, and nothing leaves',
    (funding, publish) => ({
      async sign(psbt) {
        const signed = await funding.sign(psbt)
        await publish(signed.rawTransaction)
        return signed
      },
    }),
  ),
  'signs differently each time': (() => {
    let count = 0
    return fundingLie('signing again gives the same bytes, and nothing leaves', (funding) => ({
      async sign(psbt) {
        const signed = await funding.sign(psbt)
        return { ...signed, virtualBytes: signed.virtualBytes + count++ }
      },
    }))
  })(),
  'recognises a repeated id': fundingLie(
    'funding again with the same id locks other coins on top',
    (funding) => {
      const known = new Map<string, ReturnType<TransactionFunding['fund']>>()
      return {
        fund(request) {
          const id = Buffer.from(request.lockId).toString('hex')
          const funded = known.get(id) ?? funding.fund(request)
          known.set(id, funded)
          return funded
        },
      }
    },
  ),
  'releases for anybody': fundingLie(
    'releasing leaves alone what the id does not hold',
    (funding) => ({
      async release(lockId, outpoints) {
        await funding.release(lockId, outpoints)
        for (const { lockId: holder, outpoint } of await funding.leases()) {
          const isNamed = outpoints.includes(outpoint)
          if (isNamed) await funding.release(Buffer.from(holder, 'hex'), [outpoint])
        }
      },
    }),
  ),
  'refuses to release what is free': fundingLie(
    'releasing leaves alone what the id does not hold',
    (funding) => ({
      async release(lockId, outpoints) {
        const held = (await funding.leases()).map(({ outpoint }) => outpoint)
        if (outpoints.every((one) => held.includes(one))) return funding.release(lockId, outpoints)
        throw new PaymentNodeError('node.refused', 'a lie', { call: 'a lie', reason: 'not-held' })
      },
    }),
  ),
  'locks for ever': fundingLie('a lock ends by itself', (funding) => ({
    fund: (request) => funding.fund({ ...request, lockSeconds: 1_000_000 }),
  })),
  'shows no locks': fundingLie(
    'the same bytes are published once however often, with their label',
    () => ({ leases: async () => [] }),
  ),
  'gives dust to the miners': fundingLie(
    'change that would be dust is refused, and nothing stays locked',
    (funding) => ({
      fund: (request) =>
        funding.fund(request).catch(async (error) => {
          if (!PaymentNodeError.is(error, 'node.refused')) throw error
          const { coins = [] } = request
          return {
            psbt: Buffer.alloc(1),
            inputs: coins,
            changeIndex: -1,
            changeSat: 0n,
            feeSat: 0n,
          }
        }),
    }),
  ),
  'says other of everything': fundingLie(
    'what cannot be funded is refused with its reason',
    (funding) => ({
      fund: (request) =>
        funding.fund(request).catch(() => {
          throw new PaymentNodeError('node.refused', 'a lie', { call: 'a lie', reason: 'other' })
        }),
    }),
  ),
  'spends what waits for a block': fundingLie(
    'an unconfirmed coin is spent only when that is allowed',
    (funding) => ({
      fund: (request) => funding.fund({ ...request, minimumConfirmations: 0 }),
    }),
  ),
}
