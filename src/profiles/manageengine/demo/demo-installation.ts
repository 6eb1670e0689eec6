// The installation folder of the product on one server: configuration, scripts, logs, and the files of its PostgreSQL.

import { join } from 'node:path'
import type { ScriptEndpoint } from '../../../demo/scripts/script-listener.ts'
import {
  linkIfMissing,
  makeFolder,
  readTextOrNull,
  type SystemUser,
  writeExecutable,
  writePrivateText,
} from '../../../io/files/sync-files.ts'
import { isSingleExecutable } from '../../../io/process/process.ts'
import type { ServerType } from '../../../model/measured/spec.ts'

export interface DemoInstallation {
  readonly server: string
  readonly folder: string
  readonly owner: SystemUser | null
}

/** The product's words for the types of servers. */
const WORDS: Readonly<Record<ServerType, string>> = { primary: 'master', secondary: 'secondary', 'read-only': 'ro' }

const SCRIPTS = [
  'service',
  'DeleteROServerIP',
  'DeleteSlot',
  'BackupDB',
  'RestoreDB',
  'HASetup',
  'MakeReadOnlyPack',
  'ConfigureReadOnly',
] as const
export type ScriptName = (typeof SCRIPTS)[number]

/** Creates the folder with everything except what `writeInstalledConfig` writes. */
export function makeInstallation(install: DemoInstallation, { port, token }: ScriptEndpoint): void {
  const { folder, owner, server } = install
  makeFolder(folder, owner)
  for (const part of ['bin', 'lib', 'conf', 'logs', 'Backup', 'pgsql', 'pgsql/ext_conf']) {
    makeFolder(join(folder, part), owner)
  }
  const address = `http://127.0.0.1:${port}/${token}/${server}`
  const bell = join(folder, 'lib', 'ring.mjs')
  writePrivateText(bell, callerScript(address), null)
  for (const name of SCRIPTS) {
    const call = isSingleExecutable() ? `ring '${address}/${name}' --` : `'${bell}' ${name}`
    writeExecutable(join(folder, 'bin', `${name}.sh`), `#!/bin/sh\nexec '${process.execPath}' ${call} "$@"\n`)
  }
  const key = join(folder, 'conf', 'product_key.key')
  writePrivateText(key, 'ENCRYPTIONKEY=demonstration\n', owner)
  writePrivateText(join(folder, 'conf', 'manage_key.conf'), `${key}\n`, owner)
  writePrivateText(join(folder, 'logs', 'product.log'), '', owner)
}

/** The content of a script: it sends a request to the demo, prints the answer, and fails if the answer says so. */
function callerScript(address: string): string {
  return `const [verb, ...words] = process.argv.slice(2)
const answer = await fetch('${address}/' + verb, { method: 'POST', body: JSON.stringify(words) })
const text = await answer.text()
;(answer.ok ? process.stdout : process.stderr).write(text + '\\n')
process.exitCode = answer.ok ? 0 : 1
`
}

/** Links the server's PostgreSQL and its data. */
export function linkInstalledDatabase({ folder }: DemoInstallation, dataDirectory: string, bin: string): void {
  linkIfMissing(join(folder, 'pgsql', 'data'), dataDirectory)
  linkIfMissing(join(folder, 'pgsql', 'bin'), bin)
}

/** Writes the two files that set the type of the server. */
export function writeInstalledConfig({ folder, owner }: DemoInstallation, type: ServerType, webPort: number): void {
  const lines = [
    '# Settings of the server',
    `web.port=${webPort}`,
    ...(type === 'read-only' ? ['readonly.mode=true'] : []),
    'backup.folder=Backup',
  ]
  // With Windows line breaks, as such files often have them.
  writePrivateText(
    join(folder, 'conf', 'configurations.properties'),
    lines.map((line) => `${line}\r\n`).join(''),
    owner,
  )
  writePrivateText(join(folder, 'conf', 'serverstate.conf'), `${WORDS[type]}\n`, owner)
}

/** The path of the file that the server's postgresql.conf includes. */
export function extConfPath({ folder }: DemoInstallation): string {
  return join(folder, 'pgsql', 'ext_conf', 'postgres_ext.conf')
}

/** Writes that file. `recovery` are the settings that make it a standby. */
export function writeExtConf(install: DemoInstallation, recovery: Readonly<Record<string, string>>): void {
  const entries = Object.entries(recovery).map(([name, value]) => `${name} = '${value.replaceAll("'", "''")}'`)
  const lines = [
    '#------------ common props ------------',
    "log_line_prefix = '%m [%p] '",
    '',
    '#------------ recovery props ------------',
    ...entries,
  ]
  writePrivateText(extConfPath(install), `${lines.join('\n')}\n`, install.owner)
}

/** The type of the server by its files, as it reads them at its start. */
export function typeFromFiles({ folder }: DemoInstallation): ServerType {
  const properties = readTextOrNull(join(folder, 'conf', 'configurations.properties')) ?? ''
  const state = (readTextOrNull(join(folder, 'conf', 'serverstate.conf')) ?? '').trim()
  if (/^readonly\.mode=true\s*$/m.test(properties) || state === WORDS['read-only']) return 'read-only'
  return state === WORDS.secondary ? 'secondary' : 'primary'
}

export function writeProductLog({ folder, owner }: DemoInstallation, line: string): void {
  const path = join(folder, 'logs', 'product.log')
  writePrivateText(path, `${readTextOrNull(path) ?? ''}${new Date().toISOString()} ${line}\n`, owner)
}
