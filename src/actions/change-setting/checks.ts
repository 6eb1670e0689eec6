// The checks of `change-setting`: privileges, what would override the value, and whether the servers would start with it.

import { serverError } from '../../io/postgres/connection/server-error.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isListSetting } from '../../model/settings/list-setting.ts'
import { valueProblem } from '../../model/settings/value-form.ts'
import { FaultError } from '../../model/values/fault.ts'
import { listText } from '../../model/values/text.ts'
import type { ActionToolbox, PreflightCheck, PreflightResult } from '../definition/action.ts'
import type { ChangedNode, WantedSetting } from './changed-node.ts'

const names = (nodes: readonly { readonly name: string }[]) => listText(nodes.map(({ name }) => name))

/** Fails if a server of the cluster that is to be changed does not answer: it would keep the old value. */
export function allAnswer(silent: readonly DatabaseView[], unwatched: readonly DatabaseView[]): PreflightCheck {
  return {
    id: 'nodes',
    mayOverride: true,
    run() {
      const [first] = silent
      if (first) {
        const message = `${names(silent)} can’t be read: ${first.problem?.message ?? 'no answer yet'}`
        const hint = 'Leave it out by naming the others (on=…), or overrule this: it then keeps its value.'
        return { result: 'fail', message, hint }
      }
      if (unwatched.length > 0)
        return { result: 'warn', message: `${names(unwatched)} is not in the config and keeps its value`, hint: null }
      return { result: 'pass', message: 'every server that is to be changed answers', hint: null }
    },
  }
}

/** Fails if the role may not set it or not reload, or if ALTER SYSTEM is switched off. */
export function mayAlterSystem(nodes: readonly ChangedNode[], { name }: WantedSetting): PreflightCheck {
  return {
    id: 'privilege',
    mayOverride: false,
    run() {
      const off = nodes.filter(({ node }) => !node.alterSystemAllowed)
      if (off.length > 0)
        return {
          result: 'fail',
          message: `allow_alter_system is off on ${names(off)}: other tools manage the configuration`,
          hint: 'Change it there.',
        }
      const refused = nodes.find(({ node }) => !node.maySet || !node.mayReload)
      if (!refused) return { result: 'pass', message: `this role may set ${name} and reload`, hint: null }
      const { role, maySet, versionNumber } = refused.node
      const grantee = `"${role.replaceAll('"', '""')}"`
      const what = maySet ? 'reload the configuration' : `set ${name} by ALTER SYSTEM`
      const grants = [
        ...(maySet ? [] : [versionNumber >= 150_000 ? `GRANT ALTER SYSTEM ON PARAMETER ${name} TO ${grantee};` : null]),
        ...(refused.node.mayReload ? [] : [`GRANT EXECUTE ON FUNCTION pg_catalog.pg_reload_conf() TO ${grantee};`]),
      ]
      const hint = grants.includes(null)
        ? 'Before PostgreSQL 15 only a superuser may use ALTER SYSTEM.'
        : `As a superuser, on the primary: ${grants.join(' ')}`
      return { result: 'fail', message: `${role} may not ${what} on ${refused.name}`, hint }
    },
  }
}

/** Fails for a value that a server would refuse: by its own limits, and by a trial where that changes nothing. */
export function valueAccepted(nodes: readonly ChangedNode[], { name, value }: WantedSetting): PreflightCheck {
  return {
    id: 'value',
    mayOverride: false,
    async run(_, __, tools) {
      if (value === null)
        return { result: 'pass', message: `${name} gets the value of the other files, or its default`, hint: null }
      for (const { id, name: where, node } of nodes) {
        const why = await whyRefused(id, node.setting, value, tools)
        if (why !== null)
          return { result: 'fail', message: `${where} would refuse it: ${why}`, hint: choicesOf(node.setting) }
      }
      const unknown = nodes.filter(({ node }) => node.setting === null)
      if (unknown.length > 0) {
        const message = `${names(unknown)} has no ${name} now: whether the value is valid is unknown`
        return {
          result: 'warn',
          message,
          hint: 'It belongs to an extension that is not loaded, or this role may not see it.',
        }
      }
      return { result: 'pass', message: `${value === '' ? 'the empty value' : value} is a valid value`, hint: null }
    },
  }
}

const NOT_PERMITTED = '42501'

type Setting = ChangedNode['node']['setting']

async function whyRefused(
  database: string,
  setting: Setting,
  value: string,
  tools: ActionToolbox,
): Promise<string | null> {
  if (!setting) return null
  if (setting.context === 'internal') return `"${setting.name}" can’t be changed`
  const problem = valueProblem(setting.name, value, setting.form)
  if (problem !== null) return problem
  // set_config() is local to its transaction. Settings of other contexts are refused before their value is looked at.
  if (setting.context !== 'user' && setting.context !== 'superuser') return null
  if (isListSetting(setting.name)) return null
  try {
    await tools.sql(database, { text: 'SELECT pg_catalog.set_config($1, $2, true)', values: [setting.name, value] })
    return null
  } catch (error) {
    const refused = error instanceof FaultError ? serverError(error.cause) : null
    if (!refused) throw error
    // This role may set it for the server, and not for a session: then nothing was tried.
    return refused.code === NOT_PERMITTED ? null : refused.message
  }
}

function choicesOf(setting: Setting): string | null {
  const { values = [] } = setting?.form ?? {}
  return values.length === 0 ? null : `Allowed: ${values.join(', ')}.`
}

/** Tells what outranks postgresql.auto.conf: the command line of the server, and values of roles and databases. */
export function notOverridden(nodes: readonly ChangedNode[], { name }: WantedSetting): PreflightCheck {
  return {
    id: 'overridden',
    mayOverride: false,
    run(): PreflightResult {
      const fixed = nodes.filter(({ node }) => node.setting?.source === 'command line')
      if (fixed.length > 0)
        return {
          result: 'fail',
          message: `${name} is set on the command line of ${names(fixed)}: it outranks all files`,
          hint: 'Change the command that starts the server.',
        }
      const own = [...new Set(nodes.flatMap(({ node }) => node.ownValues))]
      if (own.length === 0) return { result: 'pass', message: 'nothing outranks the new value', hint: null }
      const message = `${listText(own)} ${own.length === 1 ? 'has' : 'have'} a value of ${name} of their own, which stays in force there`
      return { result: 'warn', message, hint: 'ALTER ROLE … RESET or ALTER DATABASE … RESET ends that.' }
    },
  }
}
