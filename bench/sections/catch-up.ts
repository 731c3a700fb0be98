import { join } from 'node:path'
import type { Report, Section } from '../bench.ts'
import type { Listening, Settle, Settled } from '../programs/settled-lnd.ts'
import type { ShopArgument, ShopSays } from '../programs/shop.ts'
import { type Program, startProgram } from '../start-program.ts'

const invoices = 100_000

/** A library that was away while all its open invoices were paid. */
export const catchUp: Section = {
  name: 'catch-up',
  says: `${invoices.toLocaleString('en-US')} settlements missed, from start() until all are credited`,
  async measure({ report, folder }) {
    await using server = startProgram<Listening | Settled, Settle>('settled-lnd', {})
    const at = (await server.listen()) as Listening
    const settle = async (): Promise<Settled> => {
      server.tell({ settle: true })
      return (await server.listen()) as Settled
    }
    const shared = { ...at, file: join(await folder(), 'payments.db'), invoices }
    const shop = (phase: ShopArgument['phase'], expectedMsat: string) => {
      const argument: ShopArgument = { ...shared, phase, expectedMsat }
      return startProgram<ShopSays>('shop', argument)
    }

    await using creating = shop('create', '0')
    await next(creating, 'ready', report)
    await settle()
    const { perSecond } = await next(creating, 'created', report)
    const { count, sumMsat } = await settle()
    if (count !== invoices + 1) throw new Error(`${count} invoices were settled`)

    await using catching = shop('catch-up', sumMsat)
    const { seconds, rssMb } = await next(catching, 'caught-up', report)
    const section = catchUp.name
    return [
      {
        section,
        what: `${invoices.toLocaleString('en-US')} missed settlements credited (sum checked)`,
        value: seconds,
        unit: 's',
        target: { atMost: 60 },
      },
      { section, what: 'settlements credited', value: invoices / seconds, unit: 'per second' },
      { section, what: 'largest memory (RSS) of the process', value: rssMb, unit: 'MB' },
      {
        section,
        what: 'invoices.create against a server that answers at once',
        value: perSecond,
        unit: 'per second',
      },
    ]
  },
}

/** What the program says next besides its progress, which is shown. */
async function next<Is extends ShopSays['is']>(
  program: Program<ShopSays, never>,
  is: Is,
  report: Report,
): Promise<Extract<ShopSays, { is: Is }>> {
  for (;;) {
    const said = await program.listen()
    if (said.is === is) return said as Extract<ShopSays, { is: Is }>
    if (said.is !== 'progress') throw new Error(`${said.is} instead of ${is}`)
    report(`${catchUp.name}: ${said.says}`)
  }
}
