// Edits of files on a host, with real files: done, done already, changed under us, not there, not allowed, taken back.

import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, test } from 'node:test'
import type { ActionToolbox } from '../../../src/actions/definition/action.ts'
import { sha256OfText } from '../../../src/actions/hba/hba-file.ts'
import { unifiedDiff } from '../../../src/actions/hosts/file-diff.ts'
import { createEditFileKind } from '../../../src/actions/steps/edit-file.ts'
import { removeFileKind } from '../../../src/actions/steps/remove-file.ts'
import { type HostConnection, openHostConnection } from '../../../src/io/hosts/host-connection.ts'
import { HostFileError } from '../../../src/io/hosts/host-fault.ts'
import { FILE_EDITS } from '../../../src/profiles/manageengine/files/edits.ts'
import { within } from '../../wait.ts'

const editFileKind = createEditFileKind(FILE_EDITS)

let folder: string
let reach: HostConnection
const said: string[] = []

const tools = () =>
  ({
    host: (name: string | null) => (name === 'here' ? reach : null),
    writeOutput: (text: string) => void said.push(text),
    signal: within(20_000),
  }) as unknown as ActionToolbox

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pgdeck-edit-'))
  reach = openHostConnection({ id: 'here', address: null, access: { kind: 'local' } })
  said.length = 0
})
afterEach(async () => {
  await reach.close()
  chmodSync(folder, 0o700)
  rmSync(folder, { recursive: true, force: true })
})

const BEFORE = '# ro is for read-only\r\nstate = ro\r\n'
const AFTER = '# ro is for read-only\r\nstate = master\r\n'

function stateEdit(text = BEFORE) {
  const path = join(folder, 'serverstate.conf')
  const backup = `${path}.pgdeck-run`
  writeFileSync(path, text, { mode: 0o640 })
  const args = {
    host: 'here',
    path,
    edit: 'server-state',
    before: sha256OfText(BEFORE),
    after: sha256OfText(AFTER),
    backup,
    guard: null,
    lines: [],
  }
  return { path, backup, args }
}

describe('edit-file', () => {
  test('changes the file only where it is meant, keeps the old one beside it, and takes it back byte by byte', async () => {
    const { path, backup, args } = stateEdit()
    assert.equal((await editFileKind.verify(args, tools())).result, 'not-yet')
    await editFileKind.run(args, tools())
    assert.equal(readFileSync(path, 'utf8'), AFTER)
    assert.equal(readFileSync(backup, 'utf8'), BEFORE)
    assert.equal(statSync(path).mode & 0o777, 0o640)
    assert.equal((await editFileKind.verify(args, tools())).result, 'yes')
    assert.match(said[0] ?? '', /"ro" becomes "master"; backup: .*pgdeck-run/)
    await editFileKind.run(args, tools())
    assert.equal(readFileSync(backup, 'utf8'), BEFORE, 'a second time nothing is written')
    assert.match((await editFileKind.undo?.(args, tools())) ?? '', /has its former content/)
    assert.equal(readFileSync(path, 'utf8'), BEFORE)
    assert.throws(() => statSync(backup))
    assert.match((await editFileKind.undo?.(args, tools())) ?? '', /has its former content/, 'and a second time too')
  })

  test('a file that was changed under us is refused and left as it is', async () => {
    const { path, backup, args } = stateEdit('state = ro\nmore = 1\n')
    await assert.rejects(editFileKind.run(args, tools()), /has changed since the plan/)
    assert.equal(readFileSync(path, 'utf8'), 'state = ro\nmore = 1\n')
    assert.throws(() => statSync(backup))
  })

  test('done by hand in another way counts as done', async () => {
    const { args } = stateEdit('state = master\n')
    const seen = await editFileKind.verify(args, tools())
    assert.deepEqual(
      seen.result === 'yes' && seen.evidence.replace(folder, ''),
      '/serverstate.conf: it has "master" already',
    )
  })

  test('what was changed after the edit is not overwritten when it is taken back', async () => {
    const { path, backup, args } = stateEdit()
    await editFileKind.run(args, tools())
    writeFileSync(path, `${AFTER}own = 1\n`)
    await assert.rejects(async () => editFileKind.undo?.(args, tools()), /was changed since/)
    assert.equal(readFileSync(path, 'utf8'), `${AFTER}own = 1\n`)
    assert.equal(readFileSync(backup, 'utf8'), BEFORE)
  })

  test('a file that is gone, and a host without a way in, are told', async () => {
    const { path, args } = stateEdit()
    rmSync(path)
    await assert.rejects(editFileKind.run(args, tools()), /no longer exists/)
    await assert.rejects(
      editFileKind.verify({ ...args, host: 'elsewhere' }, tools()),
      /no access to the host elsewhere/,
    )
  })

  test('where nothing may be written, that is told, and nothing is', {
    skip: !existsSync('/proc/version'),
  }, async () => {
    // Not even root may write there.
    const before = sha256OfText(readFileSync('/proc/version', 'utf8'))
    const args = {
      host: 'here',
      path: '/proc/version',
      before,
      backup: '/proc/version.pgdeck-run',
      guard: null,
      dataDirectory: null,
    }
    await assert.rejects(removeFileKind.run(args, tools()), HostFileError)
  })
})

describe('remove-file', () => {
  const args = (before: string | null) => ({
    host: 'here',
    path: join(folder, 'standby.signal'),
    before,
    backup: join(folder, 'standby.signal.pgdeck-run'),
    guard: null,
    dataDirectory: null,
  })

  test('removes it, keeps a copy, puts it back', async () => {
    const path = join(folder, 'standby.signal')
    writeFileSync(path, '')
    await removeFileKind.run(args(sha256OfText('')), tools())
    assert.throws(() => statSync(path))
    assert.equal((await removeFileKind.verify(args(sha256OfText('')), tools())).result, 'yes')
    await removeFileKind.run(args(sha256OfText('')), tools())
    assert.match((await removeFileKind.undo?.(args(sha256OfText('')), tools())) ?? '', /is restored/)
    assert.equal(readFileSync(path, 'utf8'), '')
  })

  test('one that was never there is nothing to do, and is not put back', async () => {
    await removeFileKind.run(args(null), tools())
    assert.match((await removeFileKind.undo?.(args(null), tools())) ?? '', /was not removed by this run/)
    assert.throws(() => statSync(join(folder, 'standby.signal')))
  })

  test('another one than was seen is refused', async () => {
    writeFileSync(join(folder, 'standby.signal'), 'other')
    await assert.rejects(removeFileKind.run(args(sha256OfText('')), tools()), /has changed since/)
  })
})

test('a diff shows what goes, without passwords, and says which line breaks the file has', async () => {
  const before = "# recovery props\r\nprimary_conninfo = 'host=h user=ro password=Sesam123'\r\n"
  assert.equal(
    await unifiedDiff('/opt/x.conf', before, '# recovery props\r\n'),
    `--- /opt/x.conf
+++ /opt/x.conf
@@ -1,2 +1,1 @@
 # recovery props
-primary_conninfo = 'host=h user=ro password=[redacted]'

(line breaks stay CR LF)`,
  )
})
