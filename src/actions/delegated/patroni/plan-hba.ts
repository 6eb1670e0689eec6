// Lines of pg_hba.conf by Patroni's dynamic configuration: only where that is what the file has.

import type { DatabaseView } from '../../../model/picture/picture.ts'
import { FaultError } from '../../../model/values/fault.ts'
import type { DelegationContext, RequestPlan } from '../definition/manager-acts.ts'
import type { WantedAct } from '../definition/wanted-act.ts'
import { addressesFor, patroniConfigOf } from './addresses.ts'
import { readConfigOf } from './call.ts'
import { listedIn } from './listed-rules.ts'
import { plannedCall } from './planned-call.ts'

/** A list is replaced as a whole, so the request has all lines. */
export async function planHbaEntry(
  { view, file, insertions }: Extract<WantedAct, { act: 'add-hba-entry' }>,
  context: DelegationContext,
): Promise<RequestPlan> {
  const addresses = addressesFor(view, context)
  const listed = await listedRules(addresses, context)
  if ('why' in listed) return listed
  const rules = rulesOf(view, context)
  if (rules === null) return { why: `the rules of ${view.name} can’t be read` }
  const isSame =
    rules.length === listed.length &&
    rules.every((rule, index) => rule.file === file && normalized(rule.rule) === normalized(listed[index] ?? ''))
  if (!isSame)
    return {
      why: `the pg_hba.conf of ${view.name} is not what its dynamic configuration has: the YAML of that node decides`,
    }
  if (insertions.some(({ replaces }) => replaces !== null)) return { why: 'a line is to be replaced' }
  const lines = [...listed]
  for (const { line, before } of [...insertions].reverse()) {
    const at = before === null ? -1 : rules.findIndex((rule) => rule.line >= before)
    lines.splice(at < 0 ? lines.length : at, 0, line)
  }
  return plannedCall(
    {
      title: `ask Patroni to add ${insertions.map(({ line }) => line).join('; ')}`,
      method: 'PATCH',
      path: '/config',
      body: { postgresql: { pg_hba: lines } },
      addresses,
      view: null,
      goal: 'config',
      name: null,
      listed,
      command: ['patronictl', 'edit-config', context.manager.scope ?? 'SCOPE'],
      effects: ['All members get these lines: the list of Patroni is replaced as a whole.'],
      deadlineSeconds: 60,
    },
    context,
  )
}

async function listedRules(
  addresses: readonly string[],
  { tools }: DelegationContext,
): Promise<readonly string[] | { readonly why: string }> {
  const config = patroniConfigOf(tools.config)
  if (!config) return { why: 'no Patroni is configured' }
  try {
    const list = listedIn(await readConfigOf(addresses, config, tools.signal))
    return (
      list ?? {
        why: 'its dynamic configuration has no pg_hba: the YAML of each node has it, or nobody writes the file',
      }
    )
  } catch (error) {
    if (error instanceof FaultError) return { why: error.fault.message }
    throw error
  }
}

/** In their order, secrets masked: a line with one is never the same as its original. */
function rulesOf({ id }: DatabaseView, { tools }: DelegationContext) {
  const hba = tools.view().snapshot.databases.find(({ spec }) => spec.id === id)?.onDemand.hba
  if (hba?.state !== 'fresh' || !hba.value.reading.known) return null
  return hba.value.reading.rules.records
}

function normalized(rule: string): string {
  return rule.trim().split(/\s+/).join(' ')
}
