// Reads OpenMetrics text as strictly as the specification is written: what it takes, a monitoring system takes.

import assert from 'node:assert/strict'

export interface OpenFamily {
  readonly name: string
  readonly type: string
  readonly help: string
  readonly samples: readonly OpenSample[]
}

export interface OpenSample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const NAME = '[a-zA-Z_:][a-zA-Z0-9_:]*'
const ESCAPED = '(?:[^"\\\\\\n]|\\\\["\\\\n])*'
const LABEL = `[a-zA-Z_][a-zA-Z0-9_]*="${ESCAPED}"`
const VALUE = '[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?'
const METADATA = new RegExp(`^# (HELP|TYPE|UNIT) (${NAME}) ((?:[^\\\\]|\\\\["\\\\n])*)$`)
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(${LABEL}(?:,${LABEL})*)?\\})? (${VALUE})$`)
const TYPES = ['gauge', 'counter', 'info', 'stateset', 'histogram', 'summary', 'unknown']

/** Fails for whatever the specification forbids: order, blank lines, repeated families, labels or samples, bad escapes. */
export function readOpenMetrics(text: string): ReadonlyMap<string, OpenFamily> {
  assert.ok(text.endsWith('\n# EOF\n'), 'it ends with # EOF and a line break')
  assert.ok(!text.includes('\r'))
  const families = new Map<string, { name: string; type: string; help: string; samples: OpenSample[] }>()
  let current: string | null = null
  for (const line of text.split('\n').slice(0, -2)) {
    const [, kind, family, told = ''] = METADATA.exec(line) ?? []
    if (family !== undefined) {
      if (current !== family) {
        assert.ok(!families.has(family), `${family} comes twice`)
        families.set(family, { name: family, type: '', help: '', samples: [] })
        current = family
      }
      const open = families.get(family)
      assert.ok(open && open.samples.length === 0, `metadata after samples: ${line}`)
      if (kind === 'TYPE') assert.ok(TYPES.includes(told), line)
      if (kind === 'TYPE') open.type = told
      if (kind === 'HELP') open.help = told
      continue
    }
    const [, name = '', labels = '', value] = SAMPLE.exec(line) ?? []
    assert.ok(value !== undefined, `no line of OpenMetrics: ${JSON.stringify(line)}`)
    const open = families.get(current ?? '')
    const suffix = open?.type === 'counter' ? '_total' : ''
    assert.ok(open && name === `${open.name}${suffix}`, `${name} is not of ${current}`)
    open.samples.push({ labels: readLabels(labels), value: Number(value) })
  }
  for (const { name, type, help, samples } of families.values()) {
    assert.ok(type !== '' && help !== '', `${name} has its type and help`)
    const series = samples.map(({ labels }) => JSON.stringify(Object.entries(labels).sort()))
    assert.equal(new Set(series).size, series.length, `${name} has a sample twice`)
  }
  return families
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const pairs = [...text.matchAll(new RegExp(LABEL, 'g'))].map(([pair]): readonly [string, string] => {
    const at = pair.indexOf('=')
    const value = pair.slice(at + 2, -1)
    return [pair.slice(0, at), value.replace(/\\(.)/g, (_, escaped) => (escaped === 'n' ? '\n' : escaped))]
  })
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, `a label comes twice: ${text}`)
  return Object.fromEntries(pairs)
}
