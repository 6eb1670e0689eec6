// The audit of an application from a program on a host: what it prints, and why it fails.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { AuditSource, HostConfig } from '../../../src/config/config.ts'
import { applicationAuditProbe } from '../../../src/probes/application-audit/index.ts'
import type { AccessibleHost } from '../../../src/probes/probe.ts'
import { scratch } from '../../config/scratch.ts'
import { within } from '../../wait.ts'

const CONFIG: HostConfig = {
  ...{ id: 'h1', access: { kind: 'local' }, platform: 'linux', installDirectory: null, logs: [], address: null },
  ...{ dataDirectory: null, binDirectory: null, start: null, stop: null },
}
const HOST: AccessibleHost = { config: CONFIG, ssh: null }

describe('the audit of a program', () => {
  const read = (...command: readonly string[]) => {
    const form = {
      format: { kind: 'csv', columns: ['time', 'who', 'what'] },
      timeZone: null,
      category: null,
    } as const
    const source: AuditSource = { kind: 'command', command, host: 'h1', form }
    return applicationAuditProbe.read({ source, session: null, host: HOST, position: null }, within(20_000))
  }

  test('is what it prints; arguments are no shell', async (context) => {
    const program = scratch(context).write('audit', '#!/bin/sh\nprintf "2026-11-30T06:40:47Z,ann,%s\\n" "$@"\n', 0o755)
    const { entries, isWhole } = await read(program, 'one', '$(id); two')
    assert.deepEqual([entries.map(({ what }) => what), isWhole], [['one', '$(id); two'], true])
    assert.deepEqual((await read('/bin/true')).entries, [])
  })

  test('that fails says why', async (context) => {
    const program = scratch(context).write('audit', '#!/bin/sh\necho "no token=abcdefghijkl" >&2\nexit 3\n', 0o755)
    await assert.rejects(read(program), /exited with 3: no token=\[redacted\]/)
    const url = `postgres://ann:${'hunter2'.repeat(27)}@db/vault`
    const cut = scratch(context).write('cut', `#!/bin/sh\necho "no way to ${url}" >&2\nexit 3\n`, 0o755)
    await assert.rejects(
      read(cut),
      (error: Error) => /no way to postgres/.test(error.message) && !/hunter/.test(error.message),
    )
    await assert.rejects(read('/no/such/program'), /there is no program \/no\/such\/program on h1/)
    const endless = scratch(context).write('endless', '#!/bin/sh\nwhile :; do echo "$0 $0 $0 $0"; done\n', 0o755)
    await assert.rejects(read(endless))
  })
})
