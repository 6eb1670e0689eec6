import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { formatAge, formatBytes, formatSeconds, parseDuration, parseSize } from '../../../src/model/values/units.ts'

describe('durations are read', () => {
  const table: readonly [string, number | null][] = [
    ['1500ms', 1500],
    ['2s', 2000],
    ['2 s', 2000],
    ['0.5s', 500],
    ['5m', 300_000],
    ['26h', 93_600_000],
    ['3d', 259_200_000],
    ['', null],
    ['2', null],
    ['s', null],
    ['-2s', null],
    ['2S', null],
    ['2 weeks', null],
    ['1e3s', null],
    ['Infinitys', null],
    ['999999999999999d', null],
    ['2constructor', null],
    [`${'9'.repeat(1000)}s`, null],
  ]
  for (const [text, expected] of table) {
    test(text.slice(0, 20), () => assert.equal(parseDuration(text), expected))
  }
})

describe('sizes are read', () => {
  const table: readonly [string, number | null][] = [
    ['0B', 0],
    ['512B', 512],
    ['800kB', 819_200],
    ['8MB', 8_388_608],
    ['8 MB', 8_388_608],
    ['1.5GB', 1_610_612_736],
    ['1TB', 1_099_511_627_776],
    ['8mb', null],
    ['8KB', null],
    ['8', null],
    ['8MiB', null],
    ['-8MB', null],
    ['99999999999TB', null],
  ]
  for (const [text, expected] of table) test(text, () => assert.equal(parseSize(text), expected))
})

describe('sizes are printed', () => {
  const table: readonly [number, string][] = [
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1 kB'],
    [819_200, '800 kB'],
    [13_002_342, '12.4 MB'],
    [104_857_599, '100 MB'],
    [1_073_741_823, '1 GB'],
    [1_048_575, '1 MB'],
    [2 ** 60, '1024 PB'],
    [-2048, '-2 kB'],
    [-0.2, '0 B'],
    [Number.NaN, '?'],
    [Number.POSITIVE_INFINITY, '?'],
  ]
  for (const [bytes, expected] of table) test(expected, () => assert.equal(formatBytes(bytes), expected))
})

describe('seconds are printed', () => {
  const table: readonly [number, string][] = [
    [0, '0 s'],
    [-1, '0 s'],
    [0.04, '0 s'],
    [3.14, '3.1 s'],
    [9.97, '10 s'],
    [42, '42 s'],
    [59.4, '59 s'],
    [59.6, '1 min'],
    [240, '4 min'],
    [3599, '1 h'],
    [7500, '2 h 5 min'],
    [7200, '2 h'],
    [86_399, '1 d'],
    [273_600, '3 d 4 h'],
    [Number.NaN, '?'],
  ]
  for (const [seconds, expected] of table) {
    test(`${seconds}: ${expected}`, () => assert.equal(formatSeconds(seconds), expected))
  }
})

describe('ages are printed', () => {
  const table: readonly [number, string][] = [
    [0, '0 s'],
    [-5, '0 s'],
    [42_999, '42 s'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [10_800_000, '3 h'],
    [12.9 * 86_400_000, '12 d'],
    [Number.NaN, '?'],
  ]
  for (const [ms, expected] of table) test(`${ms}: ${expected}`, () => assert.equal(formatAge(ms), expected))
})
