// The base backup over the driver's connection: that it fails in words when what unpacks it does.

import assert from 'node:assert/strict'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { copyDataDirectory } from '../../../src/io/base-backup/demo-base-backup.ts'
import { withCluster } from '../../real/embedded.ts'

test('a tar that is missing, or ends half way, ends the backup too', async (context) => {
  const folder = mkdtempSync(join(tmpdir(), 'pgdeck-test-backup-'))
  context.after(() => rmSync(folder, { recursive: true, force: true }))
  const tar = join(folder, 'tar')
  await withCluster({}, async ({ primary }) => {
    const { major } = primary.binaries
    const source = { host: primary.socketDirectory, port: primary.port, user: 'postgres', major }
    const backup = () => copyDataDirectory(source, folder, { env: { PATH: folder } })
    await assert.rejects(backup(), /tar failed: .*ENOENT/)
    writeFileSync(tar, '#!/bin/sh\nread -r line\necho "no space left" >&2\nexit 2\n')
    chmodSync(tar, 0o755)
    await assert.rejects(backup(), /tar ended with 2: no space left/)
  })
})
