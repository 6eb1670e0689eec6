// Reads what a Nagios plugin prints as strictly as the guidelines for plugins say it must be.

import assert from 'node:assert/strict'

export interface Performance {
  readonly label: string
  /** null: U, undetermined. */
  readonly value: number | null
  readonly unit: string
  readonly warning: string
  readonly critical: string
  readonly least: string
  readonly most: string
}

export interface PluginLine {
  readonly status: 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN'
  readonly text: string
  readonly performance: readonly Performance[]
}

const LINE = /^PGDECK (OK|WARNING|CRITICAL|UNKNOWN) - ([^|\n]+?)(?: \| ([^|\n]+))?\n$/
const NUMBER = '-?\\d+(?:\\.\\d+)?'
const RANGE = `@?(?:(?:${NUMBER}|~)?:)?(?:${NUMBER})?`
const ITEM = new RegExp(
  `^'((?:[^'=]|'')+)'=(U|${NUMBER})(s|us|ms|%|B|KB|MB|TB|c|)(?:;(${RANGE}))?(?:;(${RANGE}))?(?:;(${NUMBER})?)?(?:;(${NUMBER})?)?(?: |$)`,
)

/** Fails for anything that is not exactly one such line. */
export function readPluginLine(printed: string): PluginLine {
  const [, status = '', text = '', data = ''] = LINE.exec(printed) ?? []
  assert.notEqual(status, '', `no plugin line: ${JSON.stringify(printed)}`)
  const performance: Performance[] = []
  for (let rest = data; rest !== ''; ) {
    const item = ITEM.exec(rest)
    assert.ok(item, `no performance data: ${rest}`)
    const [whole, label = '', value = '', unit = '', warning = '', critical = '', least = '', most = ''] = item
    performance.push({
      label: label.replaceAll("''", "'"),
      value: value === 'U' ? null : Number(value),
      unit,
      warning,
      critical,
      least,
      most,
    })
    rest = rest.slice(whole.length)
  }
  const labels = performance.map(({ label }) => label)
  assert.equal(new Set(labels).size, labels.length, `labels that occur twice: ${labels.join(', ')}`)
  return { status: status as PluginLine['status'], text, performance }
}
