// The step that changes a setting of one server by ALTER SYSTEM, reloads, and reads it back.

import { sqlLiteral } from '../../io/postgres/connection/literal.ts'
import { ActionError } from '../../model/runs/action-error.ts'
import { isListSetting, listElements } from '../../model/settings/list-setting.ts'
import type { ActionToolbox } from '../definition/action.ts'
import * as arg from '../definition/step-arguments.ts'
import { defineStep, type StepPlan, type StepTexts, type Verification } from '../definition/step-kind.ts'
import {
  autoConfValue,
  isFromAutoConf,
  isHiddenBySession,
  meansTheSame,
  type NodeSetting,
  readNodeSetting,
} from './node-setting.ts'

const form = () =>
  arg.form({
    database: arg.text(),
    name: arg.text(),
    /** null: ALTER SYSTEM sets it no longer. */
    value: arg.optionalText(),
    /** What ALTER SYSTEM had set; null: nothing. Meaningless while `knewBefore` is false. */
    before: arg.optionalText(),
    knewBefore: arg.flag(),
    /** The value in force, which a restart would replace; null for a setting that needs none. */
    running: arg.optionalText(),
    /** What puts it into force, as words; null: the reload does. */
    needs: arg.optionalText(),
    /** pg_conf_load_time() before the step. */
    loadedAt: arg.optionalText(),
  })
type Args = arg.Of<typeof form>

export interface ParameterChange
  extends Omit<StepTexts, 'how' | 'verify' | 'ifStopped' | 'detail' | 'undo' | 'deadlineSeconds'> {
  readonly change: Args
  /** Lines above the statements: the old value, where it comes from. */
  readonly about: readonly string[]
}

/** The statement that sets it. `value` null: it is set no longer. */
export function alterSystemText(name: string, value: string | null): string {
  const quoted = name
    .split('.')
    .map((part) => (/^[a-z_][a-z0-9_]*$/.test(part) ? part : `"${part.replaceAll('"', '""')}"`))
  if (value === null) return `ALTER SYSTEM RESET ${quoted.join('.')}`
  const literals = isListSetting(name) ? (listElements(value) ?? [value]).map(sqlLiteral) : [sqlLiteral(value)]
  return `ALTER SYSTEM SET ${quoted.join('.')} = ${literals.join(', ')}`
}

const RELOAD = 'SELECT pg_catalog.pg_reload_conf()'

export const setParameterKind = defineStep({
  kind: 'set-parameter',
  version: 1,
  args: form,
  plan({ change, about, ...texts }: ParameterChange): StepPlan<Args> {
    const { name, value, before, knewBefore } = change
    return {
      ...texts,
      args: change,
      how: 'sql',
      detail: [...about.map((line) => `-- ${line}`), `${alterSystemText(name, value)};`, `${RELOAD};`].join('\n'),
      verify: 'pg_settings and pg_file_settings have the new value, or it waits for a restart',
      undo: knewBefore ? `${alterSystemText(name, before)}; ${RELOAD};` : null,
      ifStopped: 'The value may be in postgresql.auto.conf already, and takes effect at the next reload or restart.',
      deadlineSeconds: 20,
    }
  },
  async run(args, tools) {
    await refuseOthersChange(args, [args.before, args.value], tools)
    await tools.sql(args.database, { text: alterSystemText(args.name, args.value) })
    await reload(args.database, tools)
  },
  verify: async (args, tools) => seen(args, await readNodeSetting(args.database, args.name, tools)),
  async undo(args, tools) {
    const { database, name, before, knewBefore, running } = args
    if (!knewBefore)
      throw new ActionError(`what ${name} was set to before is unknown`, `By hand: ${alterSystemText(name, null)};`)
    // A run that ended in the middle of this has left the value in force there.
    await refuseOthersChange(args, [before, args.value, running ?? before], tools)
    // PostgreSQL keeps the mark of a setting that waits for a restart until the files have the value in force. ALTER
    // SYSTEM can't write an empty list.
    const isEmptyList = isListSetting(name) && running === ''
    if (before === null && running !== null && !isEmptyList) {
      await tools.sql(database, { text: alterSystemText(name, running) })
      await reload(database, tools)
      await markIsGone(args, tools)
    }
    await tools.sql(database, { text: alterSystemText(name, before) })
    await reload(database, tools)
    return before === null
      ? `ALTER SYSTEM sets ${name} no longer, and the server has reloaded${isEmptyList ? '; until its next restart it may still say that this waits for one' : ''}`
      : `${name} is ${before} again, and the server has reloaded`
  },
})

async function reload(database: string, tools: ActionToolbox): Promise<void> {
  const row = await tools.callFunction<{ pg_reload_conf: boolean }>(database, { text: RELOAD })
  if (row && Object.values(row)[0] === false) throw new ActionError(`${database} could not signal its postmaster`)
}

/** Waits a while: of two reloads in a row a busy server may see only the second, and keep the mark. */
async function markIsGone({ database, name }: Args, tools: ActionToolbox): Promise<void> {
  for (let tries = 0; tries < 20; tries++) {
    const { setting } = await readNodeSetting(database, name, tools)
    if (!setting?.isPending) return
    await tools.wait(250)
  }
}

/** Throws ActionError if ALTER SYSTEM has set it to none of these: then somebody else has, and that value stays. */
async function refuseOthersChange(
  { database, name, knewBefore }: Args,
  known: readonly (string | null)[],
  tools: ActionToolbox,
): Promise<void> {
  if (!knewBefore) return
  const node = await readNodeSetting(database, name, tools)
  const written = autoConfValue(node)
  if (written === 'unknown' || known.some((each) => isWanted(node, written.value, each))) return
  throw new ActionError(
    `ALTER SYSTEM has set ${name} to another value since this was planned: that value stays`,
    'Ask who changed it, and propose this again.',
  )
}

function seen({ name, value, needs, loadedAt }: Args, node: NodeSetting): Verification {
  const { setting } = node
  const written = autoConfValue(node)
  const isWritten = written === 'unknown' ? null : isWanted(node, written.value, value)
  const notYet = (why: string): Verification => ({ result: 'not-yet', why })
  if (isWritten === false) return notYet(`postgresql.auto.conf does not have the new value of ${name}`)
  if (node.loadedAt !== null && node.loadedAt === loadedAt) return notYet('the server has not reloaded yet')
  const what = value === null ? `ALTER SYSTEM sets ${name} no longer` : `${name} = ${value}`
  if (setting?.isPending)
    return { result: 'yes', evidence: `${what}; restart needed${needs === null ? '' : `: ${needs}`}` }
  if (!setting || isHiddenBySession(setting))
    return { result: 'yes', evidence: `${what}, loaded at ${node.loadedAt ?? '?'}` }
  if (value !== null && !meansTheSame(setting, setting.value, value)) {
    // The server shows some values in other words: pglz for on, (disabled) for a command that is not used.
    return isWritten && isFromAutoConf(setting)
      ? { result: 'yes', evidence: `${what}, loaded from postgresql.auto.conf; it shows ${setting.shown}` }
      : notYet(`${name} is ${setting.shown}, from ${setting.source}`)
  }
  return { result: 'yes', evidence: value === null ? `${what}: it is ${setting.shown}` : `${name} is ${setting.shown}` }
}

function isWanted({ setting }: NodeSetting, found: string | null, value: string | null): boolean {
  if (found === null || value === null) return found === value
  return setting ? meansTheSame(setting, found, value) : found === value
}
