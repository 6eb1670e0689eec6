// Makes a plan from a request: the draft of the action, its checks on the live cluster, and its basis.

import { randomBytes } from 'node:crypto'
import { DATA_DIRECTORY_CHECK } from '../../../actions/checks/data-directory.ts'
import { withManagerCheck } from '../../../actions/checks/no-manager.ts'
import { noPooler } from '../../../actions/checks/no-pooler.ts'
import {
  type Action,
  type ActionRequest,
  type ActionToolbox,
  actionFieldsFor,
  type Draft,
  PlanError,
  type PlanningView,
  type PreflightCheck,
  type PreflightResult,
} from '../../../actions/definition/action.ts'
import { withOverrides } from '../../../model/runs/confirmation.ts'
import type { Plan, PlanCheck } from '../../../model/runs/plan.ts'
import { redactPlan } from '../../../model/runs/redacted-plan.ts'
import { FaultError, messageOf } from '../../../model/values/fault.ts'
import { currentBasis } from '../servers/current-basis.ts'
import { checkServersOnHosts, readServersOnHosts } from '../servers/servers-on-hosts.ts'
import type { RunToolbox } from '../tools/run-toolbox.ts'
import { checkOneServerEach } from './two-servers-check.ts'

/** Returns the action with that name. Throws PlanError that lists the valid names. */
export function actionNamed(name: string, actions: readonly Action[]): Action {
  const named = actions.find((action) => action.name === name)
  if (named) return named
  throw new PlanError(`${name}: there is no such action; there are ${actions.map((action) => action.name).join(', ')}`)
}

/** `20261122T143207Z-promote-db-ro-7f3a`: sorts by time, names the action, and is unique. */
export function newRunId(request: ActionRequest, now: number): string {
  const time = new Date(now).toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '')
  const target = (request.target ?? '').replace(/[^\w-]+/g, '-').slice(0, 40)
  return [time, request.action, target, randomBytes(2).toString('hex')].filter((part) => part !== '').join('-')
}

/**
 * Plans an action on fresh readings and checks it. Throws PlanError for an invalid request. `overrides` are reasons by
 * check. `also` are checks beside those of the action. `lookedFor` is a recent result of the check for several servers
 * behind one address, which takes several sessions.
 */
export async function preparePlan(
  action: Action,
  request: ActionRequest,
  tools: RunToolbox,
  overrides: Readonly<Record<string, string>>,
  also: readonly PreflightCheck[] = [],
  lookedFor: PlanCheck | null = null,
): Promise<Plan> {
  const view = await tools.refresh()
  const draft = await action.draft(view, checkedRequest(action, request, view), tools)
  const all = [noPooler, ...also, ...withManagerCheck(action.name, draft)]
  const results = await Promise.all(all.map((check) => checked(check, view, draft, tools)))
  const onHosts = await readServersOnHosts(draft.steps, tools)
  const checks = [
    ...withRightServer(results, await checkServersOnHosts(draft, onHosts, view, tools)),
    await checkOneServerEach(draft, view, tools, lookedFor),
  ]
  const { target, title, danger, impact, steps, input } = draft
  const confirm = draft.confirm ?? target?.name ?? view.config.spec.name
  return redactPlan({
    action: action.name,
    title,
    cluster: view.config.spec.name,
    target,
    input,
    danger,
    confirm,
    confirmIds: [...view.picture.databases, ...view.picture.servers].flatMap(({ id, name }) =>
      name === confirm ? [id] : [],
    ),
    basis: currentBasis(view, onHosts),
    checks: withOverrides(
      checks.flatMap((check) => check ?? []),
      overrides,
    ),
    impact,
    steps,
    plannedAt: Date.now(),
  })
}

/** An action that inspects its host already has such a check. The result that contradicts the readings counts more. */
function withRightServer(
  checks: readonly (PlanCheck | null)[],
  mismatch: PreflightResult,
): readonly (PlanCheck | null)[] {
  const isFailed = checks.some((check) => check?.id === DATA_DIRECTORY_CHECK && check.result === 'fail')
  if (!mismatch || (isFailed && mismatch.result === 'warn')) return checks
  const others = checks.filter((check) => check?.id !== DATA_DIRECTORY_CHECK)
  return [...others, { id: DATA_DIRECTORY_CHECK, mayOverride: false, overridden: null, ...mismatch }]
}

/** A check that throws gives a warning with the reason, never a pass. */
async function checked(
  code: PreflightCheck,
  view: PlanningView,
  draft: Draft,
  tools: ActionToolbox,
): Promise<PlanCheck | null> {
  const { id, mayOverride } = code
  try {
    const finding = await code.run(view, draft, tools)
    return finding && { id, mayOverride, overridden: null, ...finding }
  } catch (error) {
    const why = messageOf(error)
    const hint = error instanceof FaultError ? error.fault.hint : null
    return { id, mayOverride, overridden: null, result: 'warn', message: `unknown: ${why}`, hint }
  }
}

/** Returns the request with ids instead of names. Throws PlanError for an unknown field or value. */
function checkedRequest(action: Action, request: ActionRequest, view: PlanningView): ActionRequest {
  const { name, target: kind } = action
  const fields = actionFieldsFor(action, view.config.spec.profile)
  for (const key of Object.keys(request.input)) {
    if (fields.some((field) => field.name === key)) continue
    const known = fields.map((field) => field.name).join(', ')
    throw new PlanError(`${name} takes no "${key}"; ${known === '' ? 'it takes no values' : `it takes ${known}`}`)
  }
  for (const field of fields) {
    const value = request.input[field.name]
    if (value === undefined && field.required)
      throw new PlanError(`${name}: "${field.name}" is missing: ${field.explains}`)
    const problem = value === undefined ? null : wrongValue(field, value)
    if (problem !== null) throw new PlanError(`${name}: ${field.name}=${value}: ${problem}`)
  }
  return { ...request, target: targetId(kind, name, request.target, view) }
}

function wrongValue({ kind, choices = [] }: Action['fields'][number], value: string): string | null {
  switch (kind) {
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(value) ? null : 'a number is expected'
    case 'boolean':
      return value === 'true' || value === 'false' ? null : 'true or false is expected'
    case 'duration':
      return /^\d+(\.\d+)?(ms|s|m|min|h|d)$/.test(value) ? null : 'a duration such as 90s or 10m is expected'
    case 'choice':
      return choices.includes(value) ? null : `allowed: ${choices.join(', ')}`
    case 'text':
      return value === '' ? 'it is empty' : null
  }
}

/** Resolves an id or a display name. */
function targetId(
  kind: Action['target'],
  action: string,
  given: string | null,
  { picture }: PlanningView,
): string | null {
  if (kind === 'cluster') return given
  const databases = kind === 'server' ? [] : picture.databases
  const servers = kind === 'database' ? [] : picture.servers
  const all = [...databases, ...servers]
  const names = all.map(({ id, name }) => (id === name ? id : `${name} (${id})`)).join(', ')
  const what = kind === 'node' ? 'server or database' : kind
  if (given === null) throw new PlanError(`${action}: the name of a ${what} is missing; there are ${names}`)
  const view = all.find(({ id }) => id === given) ?? all.find(({ name }) => name === given)
  if (!view) throw new PlanError(`${action}: there is no ${what} "${given}"; there are ${names}`)
  return view.id
}
