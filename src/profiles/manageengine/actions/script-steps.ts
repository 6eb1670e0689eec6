// The steps that run the product's own scripts, or tell a person to.

import type { ActionToolbox, PlanningView } from '../../../actions/definition/action.ts'
import { MANUAL_STEP_SECONDS } from '../../../actions/definition/step-kind.ts'
import type { DatabaseView } from '../../../model/picture/picture.ts'
import type { PlannedStep } from '../../../model/runs/plan.ts'
import { installationScript, type ProductInstallation, scriptPath, typedCommand } from '../roles/installation.ts'
import type { PromotedInstallation } from '../roles/promoted-installation.ts'
import { scriptRunArguments } from '../steps/script.ts'

export interface ScriptStepOptions {
  readonly id: string
  readonly name: string
  readonly words: readonly string[]
  readonly title: string
  readonly slot?: string
  readonly database?: string
  readonly minutes?: number
}

export async function scriptStep(
  installation: ProductInstallation,
  part: ScriptStepOptions,
  tools: ActionToolbox,
): Promise<PlannedStep> {
  const { id, name, words, title, slot = null, database = null, minutes = 5 } = part
  const script = await installationScript(installation, name, tools)
  const path = scriptPath(installation, name)
  const argv = [...(script?.command ?? [path]), ...words]
  const how = script ? installation.control : 'manual'
  return {
    id,
    kind: 'product-script',
    args: scriptRunArguments({ host: installation.host, argv, slot, database, timeoutMs: minutes * 60_000 }),
    title: how === 'manual' ? `${title}, by hand` : title,
    how,
    where: installation.host ?? 'the host of the server',
    detail: typedCommand(installation, argv),
    verify: slot === null ? 'its exit code is 0' : `its exit code is 0, and pg_replication_slots has no ${slot}`,
    undo: null,
    ifStopped: 'It can be run later by hand.',
    maySkip: true,
    changes: [],
    deadlineSeconds: how === 'manual' ? MANUAL_STEP_SECONDS : 20,
  }
}

/** What is left of the read-only server in the product's own tables. */
export async function readOnlyCleanupSteps(
  { installation, server, participants }: PromotedInstallation,
  sight: PlanningView,
  slot: string | null,
  tools: ActionToolbox,
): Promise<readonly PlannedStep[]> {
  const { target } = participants
  const ip = ipOf(sight, server.id, installation, target)
  const address = {
    id: 'delete-ro-ip',
    name: 'DeleteROServerIP',
    words: [ip],
    title: `forget ${ip} as a read-only server`,
  }
  const steps = [await scriptStep(installation, address, tools)]
  if (slot === null) return steps
  const title = `forget the slot ${slot} that it used`
  const part = { id: 'delete-slot', name: 'DeleteSlot', words: [slot], title, slot, database: target.id }
  return [...steps, await scriptStep(installation, part, tools)]
}

/** The slot that a standby uses on its primary: as configured, as it says itself, or as it was last seen. */
export function standbySlotOf({ picture, snapshot }: PlanningView, { id, pulse }: DatabaseView): string | null {
  const configured = snapshot.spec.databases.find((spec) => spec.id === id)?.slot ?? null
  const position = pulse?.position
  const own = position?.kind === 'standby' ? (position.receiver?.slot ?? null) : null
  return configured ?? own ?? picture.slots.find(({ usedBy }) => usedBy === id)?.name ?? null
}

function ipOf(
  { config }: PlanningView,
  server: string,
  { address }: ProductInstallation,
  { host }: DatabaseView,
): string {
  const seen = config.servers.find(({ spec }) => spec.id === server)?.spec.clientAddress ?? null
  const known = [seen, address, host].filter((each) => each !== null)
  return known.find((each) => /^[\d.]+$|:/.test(each)) ?? address ?? host
}
