import type { HttpRequest } from '@payment-node/core'
import type { LnurlLie } from '../lnurl-server.ts'
import { mannersOf } from '../manners.ts'
import { webFailure } from '../simulated-web.ts'
import type { Step } from '../steps.ts'
import type { ReceiverTrouble } from '../webhook-receiver.ts'
import { between, pick, someStep, someTime } from './choose.ts'
import type { FaultKind, PlanFrame } from './fault.ts'

/** Requests, servers of payees, and receivers of webhooks. */
export const webFaults: readonly FaultKind[] = [
  {
    name: 'request-unreachable',
    says: 'A request does not reach its server.',
    plan: (random, frame) =>
      asksTheWeb(frame)
        ? { trigger: someStep(random, frame, 'http.request/before'), parameters: {} }
        : undefined,
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      return { error: webFailure(hostOf(step), 'unreachable', 'none') }
    },
  },
  {
    name: 'answer-lost',
    says: 'A server does what it was asked, and its answer is lost, for a while.',
    plan: (random, frame) =>
      asksTheWeb(frame)
        ? {
            trigger: someTime(random, frame),
            parameters: {
              moment: pick(random, ['effect', 'reply']),
              milliseconds: pick(random, [2000, 30_000, 90_000]),
            },
          }
        : undefined,
    strike(world, fault) {
      const { moment, milliseconds } = fault.parameters as { moment: string; milliseconds: number }
      const until = world.elapsed() + milliseconds
      const remove = world.steps.add(`http.request/${moment}`, (step) => {
        if (world.elapsed() >= until) return undefined
        world.happened(fault)
        return { error: webFailure(hostOf(step), 'broken-off', 'unknown') }
      })
      world.onHeal(remove)
      return undefined
    },
  },
  {
    name: 'answer-late',
    says: 'An answer from the web comes seconds or minutes late.',
    plan: (random, frame) =>
      asksTheWeb(frame)
        ? {
            trigger: someStep(
              random,
              frame,
              `http.request/${pick(random, ['before', 'effect', 'reply'])}`,
            ),
            parameters: { delay: pick(random, [1000, 9000, 30_000, 150_000]) },
          }
        : undefined,
    strike(world, fault) {
      world.happened(fault)
      return { delayMilliseconds: fault.parameters.delay as number }
    },
  },
  {
    name: 'requests-twice',
    says: 'For a while requests reach their servers twice.',
    plan: (random, frame) =>
      asksTheWeb(frame)
        ? {
            trigger: someTime(random, frame),
            parameters: { milliseconds: pick(random, [30_000, 200_000]) },
          }
        : undefined,
    strike(world, fault) {
      const until = world.elapsed() + (fault.parameters.milliseconds as number)
      const remove = world.steps.add('http.request/effect', ({ parameters }) => {
        if (world.elapsed() >= until) return undefined
        world.happened(fault)
        void world.web.ask(parameters[0] as HttpRequest)
        return undefined
      })
      world.onHeal(remove)
      return undefined
    },
  },
  {
    name: 'crash-at-request',
    says: 'The process dies around a request to the web.',
    plan: (random, frame) =>
      asksTheWeb(frame)
        ? {
            trigger: someStep(
              random,
              frame,
              `http.request/${pick(random, ['before', 'effect', 'reply'])}`,
            ),
            parameters: { down: pick(random, [1000, 20_000, 90_000]) },
          }
        : undefined,
    strike(world, fault, step) {
      if (!step) return undefined
      world.happened(fault)
      world.places.find(({ name }) => name === step.process)?.kill(fault.parameters.down as number)
      return { kill: true }
    },
  },
  lie('lnurl-other-amount', 'An LNURL server gives an invoice for twice the amount.'),
  lie('lnurl-other-hash', 'An LNURL server gives an invoice that is about something else.'),
  lie('lnurl-other-name', 'An LNURL server answers for somebody else.'),
  lie('lnurl-silence', 'An LNURL server never answers.'),
  lie('lnurl-slow', 'An LNURL server takes seconds for each answer.'),
  lie('lnurl-error', 'An LNURL server refuses.'),
  lie('lnurl-unavailable', 'An LNURL server is overloaded.'),
  lie('lnurl-old-invoice', 'An LNURL server gives an invoice that expires at once.'),
  lie('lnurl-same-invoice', 'An LNURL server gives an invoice that it has given before.'),
  lie('lnurl-nonsense', 'An LNURL server answers with a web page.'),
  {
    name: 'deliveries-grow-old',
    says: 'The machine sleeps for longer than what was delivered is kept: it is forgotten afterwards.',
    plan: (random, frame) =>
      frame.receivers.length > 0
        ? { trigger: someTime(random, frame), parameters: { milliseconds: 90_000_000 } }
        : undefined,
    strike(world, fault) {
      const table = world.books.table('webhook_deliveries')
      const ended = [...table].flatMap(([key, { ended_at: at }]) => (at == null ? [] : [key]))
      world.clock.skip(fault.parameters.milliseconds as number)
      void (async () => {
        while (!world.violation && ended.length > 0) {
          const now = world.books.table('webhook_deliveries')
          if (ended.some((key) => !now.has(key))) return world.happened(fault)
          await world.clock.sleep(1000)
        }
      })()
      return undefined
    },
  },
  trouble('receiver-error', 'A receiver of webhooks answers 500.', 3),
  trouble('receiver-silence', 'A receiver of webhooks never answers.', 2),
  trouble('receiver-gone', 'A receiver of webhooks answers 410: its endpoint is disabled.', 1),
  trouble('receiver-slow', 'A receiver of webhooks takes seconds for each answer.', 20),
  trouble('receiver-redirect', 'A receiver of webhooks points elsewhere.', 3),
]

/** Whether anything of this run goes over the web. */
function asksTheWeb({ features }: PlanFrame): boolean {
  return features.some((feature) => ['lnurl', 'automatic', 'webhooks'].includes(feature))
}

function hostOf({ parameters }: Step): string {
  return new URL((parameters[0] as HttpRequest).url).hostname
}

function lie(name: `lnurl-${LnurlLie}`, says: string): FaultKind {
  return {
    name,
    says,
    plan: (random, { addresses }) =>
      addresses.length > 0
        ? {
            trigger: { at: 0 },
            parameters: { name: pick(random, addresses), times: pick(random, [1, 1, 2, 5, 50]) },
          }
        : undefined,
    strike(world, fault) {
      const { name: account, times } = fault.parameters as { name: string; times: number }
      const done = (): void => world.happened(fault)
      const told = name.slice('lnurl-'.length) as LnurlLie
      mannersOf(world).servers.set(account, { lie: told, left: times, done })
      return undefined
    },
  }
}

function trouble(name: `receiver-${ReceiverTrouble}`, says: string, most: number): FaultKind {
  return {
    name,
    says,
    plan: (random, frame) =>
      frame.receivers.length > 0
        ? {
            trigger: someTime(random, frame),
            parameters: {
              name: pick(random, frame.receivers),
              times: between(random, 1, most + 1),
            },
          }
        : undefined,
    strike(world, fault) {
      const { name: receiver, times } = fault.parameters as { name: string; times: number }
      const done = (): void => world.happened(fault)
      const kind = name.slice('receiver-'.length) as ReceiverTrouble
      mannersOf(world).receivers.set(receiver, { trouble: kind, left: times, done })
      return undefined
    },
  }
}
