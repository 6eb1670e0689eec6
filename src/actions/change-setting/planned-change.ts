// A change of a setting as its plan shows it: the old and the new value of each server, its danger, its steps.

import { noImpact, type PlannedStep } from '../../model/runs/plan.ts'
import { type SettingRisk, settingRisk, worstOf, worstSettingRisk } from '../../model/settings/setting-risk.ts'
import { listText } from '../../model/values/text.ts'
import type { Draft, PreflightCheck } from '../definition/action.ts'
import { type ChangedNode, futureValue, type WantedSetting } from './changed-node.ts'
import { autoConfValue, currentText, originText, valueInForce } from './node-setting.ts'
import { setParameterKind } from './set-parameter.ts'
import { holdsSecret, namesOf } from './setting-request.ts'
import type { ChangeOrder } from './start-checks.ts'

/** The new value as words. */
function newText({ value }: WantedSetting): string {
  return value === null ? 'the value of the other files' : valueText(value)
}

function valueText(value: string): string {
  return value === '' ? "''" : value
}

/** The same where a manager wrote the other files too. */
function futureText({ now, wanted }: ChangeOrder): string {
  if (wanted.value !== null || now.every(({ onceRemoved }) => onceRemoved === undefined)) return newText(wanted)
  const [value = null, ...others] = new Set(now.map((changed) => futureValue(changed, wanted)))
  return value === null || others.length > 0 ? 'the value without that of the manager' : valueText(value)
}

/** What the value may cost on the server where it costs most; null: no more than any change. */
function worstRisk({ now, wanted }: ChangeOrder): SettingRisk | null {
  const { name } = wanted
  const risks = now.map((changed) => {
    const then = futureValue(changed, wanted)
    return then === null ? worstSettingRisk(name.toLowerCase()) : settingRisk(name.toLowerCase(), then)
  })
  return worstOf(risks.filter((risk) => risk !== null))
}

export function riskOfChange(order: ChangeOrder): PreflightCheck {
  return {
    id: 'risk',
    mayOverride: false,
    run() {
      const risk = worstRisk(order)
      const isKnown = order.now.every((changed) => futureValue(changed, order.wanted) !== null)
      const message = isKnown
        ? `with this value ${risk?.why}`
        : `what counts then is unknown; it may be that ${risk?.why}`
      return risk && { result: 'warn', message, hint: null }
    },
  }
}

type Texts = Pick<Draft, 'title' | 'danger' | 'confirm' | 'impact'>

export function textsOfChange(order: ChangeOrder): Texts {
  const { now, wanted } = order
  const { name, value } = wanted
  const danger = worstRisk(order)?.danger ?? (restartText(order) === null && value !== null ? 'routine' : 'disruptive')
  const change = now.map(({ name: where, node }) => `${where}: ${currentText(node)} (${originText(node)})`).join('; ')
  const title =
    value === null
      ? `take ${name} out of postgresql.auto.conf of ${namesOf(now)}`
      : `set ${name} to ${newText(wanted)} on ${namesOf(now)}`
  const impact = noImpact(`Now ${change}. Then ${futureText(order)}: ${whenText(order)}`)
  return { title, danger, confirm: name, impact }
}

/** What puts the value into force, as words; null: the reload does. */
function restartText({ now, later }: ChangeOrder): string | null {
  if (!now.some(({ node }) => node.setting?.context === 'postmaster')) return null
  if (later.length > 0) return `${namesOf(now)} in place`
  const [standbys, primaries] = [now.filter(({ isPrimary }) => !isPrimary), now.filter(({ isPrimary }) => isPrimary)]
  if (standbys.length === 0 || primaries.length === 0) return namesOf(now)
  return `${namesOf(standbys)} first, then ${namesOf(primaries)}`
}

/** When the value takes effect, as a sentence. */
function whenText(order: ChangeOrder): string {
  const restart = restartText(order)
  if (restart !== null) return `it takes effect after a restart (${restart}).`
  const context = order.now[0]?.node.setting?.context ?? ''
  if (context.endsWith('backend')) return 'it takes effect at once, for new sessions.'
  if (context === 'sighup') return 'it takes effect at once.'
  return 'it takes effect at once, for all sessions without a value of their own.'
}

export function stepsOfChange(order: ChangeOrder): readonly PlannedStep[] {
  const needs = restartText(order)
  return order.now.map((changed) => stepFor(changed, order.wanted, needs))
}

function stepFor({ id, name: where, node }: ChangedNode, wanted: WantedSetting, needs: string | null): PlannedStep {
  const { name, value } = wanted
  const before = autoConfValue(node)
  const old = before === 'unknown' ? null : before.value
  const isSecret = old !== null && holdsSecret(name, old)
  const now = currentText(node)
  return setParameterKind.plan({
    change: {
      database: id,
      name,
      value,
      before: isSecret ? null : old,
      knewBefore: before !== 'unknown' && !isSecret,
      running: node.setting?.context === 'postmaster' ? node.setting.shown : null,
      needs,
      loadedAt: node.loadedAt,
    },
    about: [
      `${name} of ${where} is ${now} (${originText(node)}); then ${newText(wanted)}`,
      ...(isSecret ? ['The old value holds a secret: pgdeck does not keep it, so this can’t be undone.'] : []),
    ],
    id: `set-${id}`,
    title: `${where}: ${name} from ${valueInForce(node)} to ${newText(wanted)}`,
    where,
  })
}

/** What is left to do, for a request that changes nothing. */
export function noChangeText({ name, value }: WantedSetting, nodes: readonly ChangedNode[]): string {
  const is = value === null ? `ALTER SYSTEM sets no ${name}` : `${name} is ${value === '' ? "''" : value} already`
  const pending = nodes.filter(({ node }) => node.setting?.isPending)
  const waits = pending.length === 0 ? '' : `; it waits for a restart of ${listText(pending.map((each) => each.name))}`
  return `nothing to do: ${is} on ${namesOf(nodes)}${waits}`
}
