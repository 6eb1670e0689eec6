// Commands of the configuration in the record of a run: only their names are stored, because they may hold secrets.
// When the run is resumed, they are read from the configuration again and must be unchanged.

import { createHash } from 'node:crypto'
import type { ClusterConfig } from '../../../config/config.ts'
import { redactAll } from '../../../model/logs/redact.ts'
import { ActionError } from '../../../model/runs/action-error.ts'
import type { JsonRecord, JsonValue, Plan } from '../../../model/runs/plan.ts'
import { hasRedactedSecret, redactPlan } from '../../../model/runs/redacted-plan.ts'
import type { Run } from '../../../model/runs/run.ts'

/** A command of the configuration, by its place such as `host h1: stop`. */
type Commands = ReadonlyMap<string, readonly string[]>

const REFERENCE = 'configured'

function commandsOf({ hosts, actions = [], poolers = [] }: ClusterConfig): Commands {
  const named = [
    ...hosts.flatMap(({ id, start, stop }) => [
      [`host ${id}: start`, start] as const,
      [`host ${id}: stop`, stop] as const,
    ]),
    ...poolers.map(({ spec, repoint }) => [`pooler ${spec.id}: repoint`, repoint?.command ?? null] as const),
    ...actions.map(({ name, command }) => [`action ${name}`, command] as const),
  ]
  return new Map(named.flatMap(([name, command]) => (command && command.length > 0 ? [[name, command] as const] : [])))
}

/** Includes the run: the same command has a different digest in every journal. */
function digestOf(run: string, command: readonly string[]): string {
  return createHash('sha256')
    .update(JSON.stringify([run, command]))
    .digest('hex')
}

/** `begins` is for the reader of the journal: the program without its arguments. */
function referenceTo(name: string, command: readonly string[], run: string): JsonRecord {
  return { [REFERENCE]: name, sha256: digestOf(run, command), begins: command.slice(0, 1) }
}

/** The plan as a journal stores it. */
export function journaledPlan(plan: Plan, run: string, config: ClusterConfig): Plan {
  const byText = new Map([...commandsOf(config)].map(([name, command]) => [JSON.stringify(command), name]))
  const kept = (value: JsonValue): JsonValue => {
    if (typeof value !== 'object' || value === null) return value
    const name = isList(value) ? byText.get(JSON.stringify(value)) : undefined
    if (name !== undefined) return referenceTo(name, value as readonly string[], run)
    return mapped(value, kept)
  }
  const shown = redactPlan(plan)
  const steps = shown.steps.map((step) => ({ ...step, args: redactAll(kept(step.args)) as JsonRecord }))
  return { ...shown, input: redactAll(plan.input) as Plan['input'], steps }
}

/**
 * Returns the run with the commands of the configuration, for a resume. Throws ActionError if a needed command is
 * missing or has changed: the user confirmed the old one.
 */
export function restoreCommands(run: Run, config: ClusterConfig): Run {
  const commands = commandsOf(config)
  const steps = run.plan.steps.map((step, index) => {
    const state = run.steps[index]?.state
    const isOver = !run.isUndoing && (state === 'done' || state === 'skipped')
    const resolved = (value: JsonValue): JsonValue => {
      if (typeof value !== 'object' || value === null) return value
      if (isList(value) || typeof value[REFERENCE] !== 'string') return mapped(value, resolved)
      const name = value[REFERENCE]
      const command = commands.get(name)
      if (command && digestOf(run.id, command) === value.sha256) return command
      // No later step needs it.
      if (isOver) return []
      throw new ActionError(
        `step ${step.id}: the command “${name}” of the config ${command ? 'differs from the one' : 'is missing, and was there'} when this was planned`,
        'Restore it, or plan again.',
      )
    }
    return { ...step, args: resolved(step.args) as JsonRecord }
  })
  return { ...run, plan: { ...run.plan, steps } }
}

/** Throws ActionError for an open step whose secret is not stored. */
export function requireNoMissingSecret(run: Run): void {
  const lacking = run.plan.steps.find(({ args }, index) => {
    const state = run.steps[index]?.state
    return state !== 'done' && state !== 'skipped' && hasRedactedSecret(args)
  })
  if (lacking)
    throw new ActionError(
      `step ${lacking.id} needs a secret that was given when this was planned, and pgdeck stores none`,
      `Plan again with pgdeck do ${run.plan.action}.`,
    )
}

function isList(value: JsonValue): value is readonly JsonValue[] {
  return Array.isArray(value)
}

function mapped(value: readonly JsonValue[] | JsonRecord, each: (value: JsonValue) => JsonValue): JsonValue {
  if (isList(value)) return value.map(each)
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, each(inner)]))
}
