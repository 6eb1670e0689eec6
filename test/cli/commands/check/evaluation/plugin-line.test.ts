import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pluginResult } from '../../../../../src/cli/commands/check/evaluation/plugin-line.ts'
import { readPluginLine } from '../../../../fakes/plugin-line.ts'

test('the worst comes first and decides', () => {
  const { line, verdict } = pluginResult('slots', [
    { status: 'ok', text: 'a' },
    { status: 'unknown', text: 'b' },
    { status: 'warning', text: 'c' },
    { status: 'critical', text: 'd' },
  ])
  assert.equal(line, 'PGDECK CRITICAL - slots: d; c; b; a\n')
  assert.equal(verdict, 'critical')
})

test('what was asked of nothing is unknown', () => {
  assert.equal(pluginResult('slots', []).verdict, 'unknown')
})

test('names from outside can neither break the line nor pose as performance data', () => {
  const evil = "db|'x'=9\u001b[2J\nPGDECK OK - fine\u202e = it's"
  const { line } = pluginResult('role', [
    { status: 'warning', text: evil, performance: [{ label: evil, value: 1.5, unit: 's', warning: '1:', least: 0 }] },
  ])
  const read = readPluginLine(line)
  assert.equal(read.status, 'WARNING')
  assert.equal(read.performance.length, 1)
  const [first] = read.performance
  assert.deepEqual(
    [first?.value, first?.unit, first?.warning, first?.critical, first?.least],
    [1.5, 's', '1:', '', '0'],
  )
  assert.match(first?.label ?? '', /^db\/'x'_9 PGDECK OK - fine _ it's$/)
})

test('many subjects are counted, long texts cut, and no figure is lost', () => {
  const findings = Array.from({ length: 300 }, (_, index) => ({
    status: 'ok' as const,
    text: `${'\u{1f600}'.repeat(100)}${index}`,
    performance: [{ label: `db-${index}`, value: null, unit: 'B' as const }],
  }))
  const read = readPluginLine(pluginResult('lag', findings).line)
  assert.ok(read.text.length <= 700)
  assert.ok(read.text.isWellFormed())
  assert.deepEqual([read.performance.length, read.performance[0]?.value], [300, null])
  const few = pluginResult(
    'lag',
    findings.slice(0, 9).map((finding, index) => ({ ...finding, text: `db-${index}` })),
  )
  assert.match(few.line, /db-5; and 3 more \|/)
})

test('figures are printed without exponents', () => {
  const measures = [1e-7, 123_456_789_012_345, 0.0031, 2 ** 53].map((value, index) => ({
    label: String(index),
    value,
    unit: '' as const,
  }))
  const read = readPluginLine(pluginResult('x', [{ status: 'ok', text: 'x', performance: measures }]).line)
  assert.deepEqual(
    read.performance.map(({ value }) => value),
    [0, 123_456_789_012_345, 0.0031, 2 ** 53],
  )
})
