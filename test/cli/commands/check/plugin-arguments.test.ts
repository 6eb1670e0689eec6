import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pluginArguments } from '../../../../src/cli/commands/check/plugin-arguments.ts'
import { commonOptions } from '../../../../src/cli/invocation/options.ts'

const CASES: readonly (readonly [string, string | null])[] = [
  ['check lag -c 5', 'check lag --critical 5'],
  ['check lag -c5 -w 3', 'check lag --critical=5 -w 3'],
  ['check -c=5MB lag', 'check --critical=5MB lag'],
  ['-c a.json check lag -c 5', '-c a.json check lag --critical 5'],
  ['--cluster check check lag', '--cluster check check lag'],
  ['--cluster check status -c a.json', null],
  ['--cluster=x --read-only check lag -c 5', '--cluster=x --read-only check lag --critical 5'],
  ['check lag --config a.json', 'check lag --config a.json'],
  ['check lag -- -c', 'check lag -- -c'],
  ['status -c check', null],
  ['status check', null],
  ['', null],
]
for (const [given, wanted] of CASES) {
  test(`pgdeck ${given}`, () => {
    const words = given === '' ? [] : given.split(' ')
    const found = pluginArguments(['node', 'pgdeck', ...words], commonOptions())
    assert.deepEqual(found?.slice(2).join(' ') ?? null, wanted)
  })
}
