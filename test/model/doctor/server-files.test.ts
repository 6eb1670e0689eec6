import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { InspectedDatabase, ServerFileFacts } from '../../../src/model/doctor/doctor.ts'
import { serverFileFindings } from '../../../src/model/doctor/server-files.ts'
import { aPrimaryPulse, aStandbyPulse } from '../../builders/snapshot.ts'

const NONE: ServerFileFacts = { errors: [], names: [] }

function found(files: ServerFileFacts | null, over: Partial<InspectedDatabase> = {}) {
  const node = { id: 'db', pulse: aPrimaryPulse(), facts: null, auth: null, hba: null, files, faults: [], ...over }
  return serverFileFindings(node).map(({ level, text, next }) => ({ level, text, next }))
}

describe('files of a server that runs', () => {
  test('that are well, or hidden, are no finding', () => {
    assert.deepEqual(found(NONE), [])
    assert.deepEqual(found(null), [])
    assert.deepEqual(found({ errors: null, names: null }), [])
  })

  test('with lines that the server refuses', () => {
    const errors = [
      { file: '/data/postgresql.conf', line: 9, name: null, error: 'syntax error' },
      { file: '/data/postgresql.conf', line: 12, name: 'work_mem', error: 'setting could not be applied' },
    ]
    const [finding] = found({ ...NONE, errors })
    assert.equal(finding?.level, 'critical')
    assert.match(finding?.text ?? '', /would not start again/)
    assert.deepEqual(finding?.next, [
      '/data/postgresql.conf:9: syntax error',
      '/data/postgresql.conf:12: work_mem: setting could not be applied',
    ])
  })

  test('that make a primary a standby at its next start, which a standby is already', () => {
    const names = ['standby.signal'] as const
    const [finding] = found({ ...NONE, names })
    assert.match(finding?.text ?? '', /standby\.signal is in its data directory, though it is a primary/)
    assert.deepEqual(found({ ...NONE, names }, { pulse: aStandbyPulse() }), [])
    assert.match(found({ ...NONE, names: ['recovery.conf'] })[0]?.text ?? '', /recovery\.conf/)
  })
})
