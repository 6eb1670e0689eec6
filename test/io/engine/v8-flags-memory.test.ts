// Whether the engine really takes less memory once it is told to, and that it can be called off: its flags may change.

import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { describe, test } from 'node:test'
import { GARBAGE_FLAGS } from '../../../src/io/engine/v8-flags.ts'

/** Objects of which some live for a while, as frames and readings do; then what is set aside for young ones, in bytes. */
const WORK = `
import { mock } from 'node:test'
import { getHeapSpaceStatistics } from 'node:v8'
import { tuneGarbageCollection } from './src/io/engine/v8-flags.ts'
mock.timers.enable({ apis: ['setTimeout'] })
const callOff = tuneGarbageCollection()
if (process.argv[1] === 'called off') callOff()
mock.timers.tick(60_000)
const kept = []
for (let each = 0; each < 2_000_000; each++) kept[each % 50_000] = { each, more: [each, each] }
console.log(getHeapSpaceStatistics().find(({ space_name }) => space_name === 'new_space').space_size)
`

function youngBytes(how: string): number {
  const args = ['--import', 'tsx', '--input-type=module', '--eval', WORK, how]
  return Number(execFileSync(process.execPath, args, { encoding: 'utf8' }))
}

describe('garbage', () => {
  // It would say on the screen that it does not know one.
  test('the engine knows the flags', () => {
    const known = execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8' })
    for (const { flag } of GARBAGE_FLAGS) assert.ok(known.includes(`  ${flag.split('=')[0]} (`), flag)
  })

  test('what is set aside for young objects stays as it was at the start', () => {
    const plain = youngBytes('called off')
    const sooner = youngBytes('sooner')
    assert.ok(
      plain > 24 * 1024 ** 2,
      `it takes no more than ${plain} bytes by itself: are the flags needed any longer?`,
    )
    assert.ok(sooner < plain / 2, `${sooner} bytes, without the flags ${plain}`)
  })
})
