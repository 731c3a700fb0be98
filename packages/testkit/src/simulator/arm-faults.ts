import type { Fault, FaultKind } from './faults/fault.ts'
import type { World } from './world.ts'

/** Lets every fault of the plan wait for its moment. Those that have not struck when the world heals never do. */
export function armFaults(
  world: World,
  faults: readonly Fault[],
  kinds: readonly FaultKind[],
): void {
  const known = new Map(kinds.map((kind) => [kind.name, kind]))
  for (const fault of faults) {
    const kind = known.get(fault.kind)
    if (!kind) throw new Error(`There is no kind of fault ${JSON.stringify(fault.kind)}`)
    if ('at' in fault.trigger) armAt(world, fault, kind, fault.trigger.at)
    else armOnStep(world, fault, kind, fault.trigger)
  }
}

function armAt(world: World, fault: Fault, kind: FaultKind, at: number): void {
  if (at <= 0) {
    kind.strike(world, fault, undefined)
    return
  }
  void world.until(at).then(() => {
    if (!world.isHealing) kind.strike(world, fault, undefined)
  })
}

function armOnStep(
  world: World,
  fault: Fault,
  kind: FaultKind,
  { step, nth, from = 0 }: Extract<Fault['trigger'], { readonly step: string }>,
): void {
  let left = nth
  const remove = world.steps.add(step, (taken) => {
    if (world.isHealing || world.elapsed() < from || --left > 0) return undefined
    remove()
    return kind.strike(world, fault, taken) ?? undefined
  })
}
