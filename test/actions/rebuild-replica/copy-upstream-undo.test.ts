// The base backup is not removed while the old data is still under its name aside.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import { copyUpstreamKind } from '../../../src/actions/rebuild-replica/copy-upstream.ts'
import { rebuildPathsOf } from '../../../src/actions/rebuild-replica/paths.ts'

const RUN = '20261130T120000Z-rebuild-replica-db-1-0001'

/** Resolves to what was removed on a host where these paths exist. */
async function removedBeside(existing: readonly string[]): Promise<readonly (readonly string[])[]> {
  const removed: (readonly string[])[] = []
  const connection = {
    run(argv: readonly string[]) {
      if (argv.includes('rm')) removed.push(argv)
      const isMissing = argv.includes('test') && !existing.includes(argv.at(-1) ?? '')
      return Promise.resolve({ exitCode: isMissing ? 1 : 0, stdout: '', stderr: '' })
    },
  }
  const tools = { run: RUN, signal: new AbortController().signal, host: () => connection } as unknown as ActionToolbox
  const args = { host: 'here', dataDirectory: '/data', tablespaces: [] } as never
  const { previous } = rebuildPathsOf('/data', RUN)
  const undoing = copyUpstreamKind.undo?.(args, tools) ?? assert.fail('it can be undone')
  if (existing.includes(previous)) await assert.rejects(undoing, /the old data is still in .*\.old$/)
  else await undoing
  return removed
}

test('the undo of a copy waits for that of the swap', async () => {
  assert.deepEqual(await removedBeside([rebuildPathsOf('/data', RUN).previous]), [])
  assert.equal((await removedBeside([])).length, 1)
})
