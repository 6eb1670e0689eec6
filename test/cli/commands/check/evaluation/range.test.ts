import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type FigureUnit,
  parseThresholdRange,
  rangeOfLimit,
  type WorseDirection,
} from '../../../../../src/cli/commands/check/evaluation/range.ts'

const MB = 1024 ** 2

describe('ranges as Nagios plugins have them: told outside, both ends belong to the range', () => {
  const CASES: readonly (readonly [
    string,
    FigureUnit,
    WorseDirection,
    readonly number[],
    readonly number[],
    string,
  ])[] = [
    ['10', 'seconds', 'higher', [-0.1, 10.1], [0, 10], '10'],
    ['10:', 'seconds', 'higher', [9.9], [10, 1e9], '10:'],
    ['~:10', 'seconds', 'higher', [10.1], [10, -1e9], '~:10'],
    ['10:20', 'seconds', 'higher', [9.9, 20.1], [10, 20], '10:20'],
    ['@10:20', 'seconds', 'higher', [10, 20], [9.9, 20.1], '@10:20'],
    [':10', 'seconds', 'higher', [-1, 11], [0, 10], '10'],
    ['-5:5', 'seconds', 'higher', [-5.1], [-5, 5], '-5:5'],
    ['8MB', 'bytes', 'higher', [8 * MB + 1], [8 * MB, 0], String(8 * MB)],
    ['1MB:8MB', 'bytes', 'higher', [MB - 1], [MB], `${MB}:${8 * MB}`],
    ['1024', 'bytes', 'higher', [1025], [1024], '1024'],
    ['5m', 'seconds', 'higher', [301], [300], '300'],
    ['80%', 'percent', 'higher', [80.1], [80], '80'],
    ['30', 'days', 'lower', [29, -1], [30, 400], '30:'],
    ['30d', 'days', 'lower', [29], [30], '30:'],
    ['7:365', 'days', 'lower', [6, 366], [7, 365], '7:365'],
    ['~:', 'bytes', 'higher', [], [-1, 0, 1e12], '~:'],
    [':', 'bytes', 'higher', [-1], [0, 1e12], '0:'],
  ]
  for (const [text, unit, worse, told, well, printed] of CASES) {
    test(`${text} ${unit}`, () => {
      const range = parseThresholdRange(text, unit, worse)
      assert.ok(range)
      assert.deepEqual([told.filter(range.alerts), well.filter(range.alerts)], [told, []])
      assert.equal(range.text, printed)
    })
  }

  for (const [text, unit] of [
    ['', 'bytes'],
    ['@', 'bytes'],
    ['20:10', 'bytes'],
    ['10:20:30', 'bytes'],
    ['8MB', 'seconds'],
    ['10s', 'bytes'],
    ['80%', 'bytes'],
    ['~', 'bytes'],
    ['1e9', 'bytes'],
    ['0x10', 'bytes'],
    ['ten', 'days'],
    ['1MB', 'transactions'],
  ] as const) {
    test(`${JSON.stringify(text)} is no range of ${unit}`, () => {
      assert.equal(parseThresholdRange(text, unit, 'higher'), null)
    })
  }
})

test('a limit of the cluster is told when it is reached, as on the screen', () => {
  const high = rangeOfLimit(80, 'percent', 'higher')
  assert.deepEqual([high.alerts(79.9), high.alerts(80), high.text], [false, true, '80'])
  const low = rangeOfLimit(30, 'days', 'lower')
  assert.deepEqual([low.alerts(31), low.alerts(30), low.text], [false, true, '30:'])
})
