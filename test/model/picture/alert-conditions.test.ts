// Every alert rule has a condition that raises it: an id without one would be a check that is always OK.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ALERT_RULES } from '../../../src/model/picture/alert.ts'
import { projectFiles, readSource } from '../../house/source.ts'

const CONDITIONS = /^src\/(?:model\/alerts\/rules|model\/reachability|profiles\/[^/]+\/conditions)\//

test('every rule is raised by a condition', () => {
  const text = projectFiles()
    .filter((path) => CONDITIONS.test(path))
    .map((path) => readSource(path).text)
    .join('\n')
  assert.deepEqual(
    ALERT_RULES.filter((rule) => !text.includes(`'${rule}'`)),
    [],
  )
})
