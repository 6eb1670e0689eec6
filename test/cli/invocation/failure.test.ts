// What each kind of failure says and exits with; a stack goes to a log file, whose path is told.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { CommandError, UsageError } from '../../../src/cli/invocation/exit-codes.ts'
import { commandFailureOf } from '../../../src/cli/invocation/failure.ts'
import { NO_PROGRAM_LOG, openProgramLog } from '../../../src/io/files/program-log.ts'
import { FaultError } from '../../../src/model/values/fault.ts'
import { TerminalError } from '../../../src/ui/terminal/terminal.ts'
import { scratch } from '../../config/scratch.ts'

describe('failures that a user can mend are told as they are', () => {
  for (const [error, code] of [
    [new UsageError('--size: too small'), 64],
    [new TerminalError('the output is no terminal'), 64],
    [new CommandError('the demo could not start: no PostgreSQL'), 1],
    [new FaultError({ code: 'refused', message: 'nothing listens', hint: null }), 69],
  ] as const) {
    test(`${error.name} exits ${code}`, () =>
      assert.deepEqual(commandFailureOf(error, NO_PROGRAM_LOG), { code, message: error.message }))
  }
})

describe('a defect', () => {
  test('leaves its stack in the log file that was asked for, and says where', (context) => {
    const file = join(scratch(context).folder, 'own.log')
    const { code, message } = commandFailureOf(
      new TypeError('x is not a function'),
      openProgramLog({ file, level: 'error' }),
    )
    assert.equal(code, 1)
    assert.equal(message, `internal error: x is not a function\nThe details are in ${file}`)
    assert.match(readFileSync(file, 'utf8'), /TypeError: x is not a function\n {4,}at /)
  })

  test('leaves it in the state folder when no log was asked for', (context) => {
    const { folder } = scratch(context)
    const before = process.env.PGDECK_STATE_DIR
    process.env.PGDECK_STATE_DIR = join(folder, 'state')
    context.after(() => {
      if (before === undefined) delete process.env.PGDECK_STATE_DIR
      else process.env.PGDECK_STATE_DIR = before
    })
    const { message } = commandFailureOf(new TypeError('broken'), NO_PROGRAM_LOG)
    const file = join(folder, 'state', 'pgdeck.log')
    assert.ok(message?.endsWith(file), message ?? '')
    assert.match(readFileSync(file, 'utf8'), /TypeError: broken/)
  })
})
