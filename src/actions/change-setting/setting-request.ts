// What a request for `change-setting` asks for: which setting, which value, on which databases.

import { redact } from '../../model/logs/redact.ts'
import type { DatabaseView } from '../../model/picture/picture.ts'
import { isListSetting, listElements } from '../../model/settings/list-setting.ts'
import { forbiddenSetting } from '../../model/settings/setting-risk.ts'
import { listText } from '../../model/values/text.ts'
import { type ActionRequest, PlanError } from '../definition/action.ts'
import type { ChangedNode, WantedSetting } from './changed-node.ts'

const NAME = /^[A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)*$/

/** All but the tab. What is confirmed must be what is shown. */
const CONTROL = /(?!\t)\p{Cc}/u

export function refuseChange(why: string): never {
  throw new PlanError(`change-setting: ${why}`)
}

export function namesOf(nodes: readonly { readonly name: string }[]): string {
  return listText(nodes.map(({ name }) => name))
}

/** The databases that the request names, of these; all of them if it names none. Throws PlanError for another name. */
export function chosenDatabases(
  databases: readonly DatabaseView[],
  { target, input }: ActionRequest,
): readonly DatabaseView[] {
  const given = [target ?? '', ...(input.on ?? '').split(',')].map((each) => each.trim())
  const names = given.filter((each) => each !== '' && each !== 'all')
  if (names.length === 0) return databases
  const chosen = names.map(
    (name) =>
      databases.find(({ id }) => id === name) ??
      databases.find((each) => each.name === name) ??
      refuseChange(`${name} is not a database of this cluster; there are ${namesOf(databases)}`),
  )
  return [...new Set(chosen)]
}

/** Throws PlanError for a name or a value that no plan can have. */
export function wantedSetting({ input }: ActionRequest): WantedSetting {
  const name = (input.name ?? '').trim()
  const value = input.value === "''" ? '' : (input.value ?? '')
  if (!NAME.test(name)) refuseChange(`"${name}" is not the name of a setting`)
  const forbidden = forbiddenSetting(name.toLowerCase())
  if (forbidden) refuseChange(`${name} can’t be changed here: ${forbidden.why}. ${forbidden.instead}.`)
  if (/^default$/i.test(value.trim())) return { name, value: null }
  if (CONTROL.test(value)) refuseChange('a value has no line break and no control character')
  if (holdsSecret(name, value))
    refuseChange('the value is or contains a password, which pgdeck stores nowhere. Set it by hand')
  if (isListSetting(name.toLowerCase()) && !listElements(value)?.length)
    refuseChange(`${name} is a list of names, such as a, b; value=default takes it out of postgresql.auto.conf`)
  return { name, value }
}

/** Plans and journals hold no secrets. */
export function holdsSecret(name: string, value: string): boolean {
  const assignment = `${name} = '${value}'`
  return redact(value) !== value || redact(assignment) !== assignment
}

/** The name as the servers spell it. Throws PlanError if no server knows it. */
export function spelling(nodes: readonly ChangedNode[], name: string): string {
  const known = nodes.find(({ node }) => node.setting)?.node.setting?.name
  if (known !== undefined) return known
  // Settings of extensions that are not loaded are not known. Without pg_read_all_settings some are not shown.
  if (name.includes('.') || nodes.some(({ node }) => node.maySet && node.lines === null)) return name
  return refuseChange(`PostgreSQL has no setting "${name}", or this role may not see it`)
}
