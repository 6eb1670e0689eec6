// libpq's service files: named sets of connection parameters.

import { homedir } from 'node:os'
import { join } from 'node:path'
import { FileError, pathExists } from '../../io/files/text-files.ts'
import { readTrustedFile, UNTRUSTED } from '../../io/files/trusted-file.ts'
import { listText } from '../../model/values/text.ts'
import { ConfigError } from '../problems/config-error.ts'
import { DsnError, type DsnParameters } from './dsn-text.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The parameters of one service, from $PGSERVICEFILE or ~/.pg_service.conf, else pg_service.conf in $PGSYSCONFDIR or where
 * the system's packages have it.
 * Throws DsnError when no file has it, ConfigError for a file that others may write: it says where passwords are sent.
 */
export function readServiceParameters(name: string, env: Environment): DsnParameters {
  const looked: string[] = []
  for (const { file, isNamed } of serviceFiles(env)) {
    looked.push(file)
    const text = read(file, isNamed)
    // As libpq, which does not go on to that of the system.
    if (text === null && file === env.PGSERVICEFILE) throw new DsnError(`Service file ${file}: there is no such file`)
    const parameters = text === null ? null : parseServiceFile(text, name, file)
    if (parameters) return parameters
  }
  throw new DsnError(`Service "${name}" is not defined in ${listText(looked, 'or')}`)
}

interface ServiceFile {
  readonly file: string
  /** Not just where such files usually are. */
  readonly isNamed: boolean
}

/** Which one libpq knows was decided when it was built: by Debian, PostgreSQL's own packages of RPM, Fedora, from source. */
const SYSTEM_FOLDERS = ['/etc/postgresql-common', '/etc/sysconfig/pgsql', '/etc/postgresql', '/usr/local/pgsql/etc']

function serviceFiles(env: Environment): readonly ServiceFile[] {
  const own = env.PGSERVICEFILE
    ? { file: env.PGSERVICEFILE, isNamed: true }
    : { file: join(env.HOME || homedir(), '.pg_service.conf'), isNamed: false }
  const shared = env.PGSYSCONFDIR
  if (shared) return [own, { file: join(shared, 'pg_service.conf'), isNamed: true }]
  const usual = SYSTEM_FOLDERS.map((folder) => join(folder, 'pg_service.conf')).filter(pathExists)
  return [own, ...usual.map((file) => ({ file, isNamed: false }))]
}

function read(file: string, isNamed: boolean): string | null {
  try {
    return readTrustedFile(file, { isNamed, isLenient: true }).text
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    if (error.code === UNTRUSTED) {
      const problem = { path: null, line: null, column: null, message: error.message }
      throw new ConfigError('unreadable', null, [problem])
    }
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return null
    throw new DsnError(`Service file ${error.message}`)
  }
}

/** libpq's blanks, not those of Unicode. */
const OUTER_BLANKS = /^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g

/**
 * One section of a service file; null when it is not there. Read as libpq does, which is not INI as others know it:
 * no quotes, `#` and `;` belong to the value (passwords have them), and a dot in a section's name means nothing.
 */
export function parseServiceFile(text: string, name: string, file: string): DsnParameters | null {
  let parameters: Map<string, string> | null = null
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = raw.replace(OUTER_BLANKS, '')
    if (line === '' || line.startsWith('#')) continue
    if (line.startsWith('[')) {
      if (parameters) return parameters
      // What follows the bracket, a comment mostly, is nothing to libpq.
      if (line.startsWith(`[${name}]`)) parameters = new Map()
    } else if (parameters) {
      const [key, value] = parseParameter(line, `${file}, line ${index + 1}`)
      // libpq: the first one given wins.
      if (!parameters.has(key)) parameters.set(key, value)
    }
  }
  return parameters
}

/** `where`: the file and line, for messages. */
function parseParameter(line: string, where: string): readonly [key: string, value: string] {
  const equals = line.indexOf('=')
  if (line.startsWith('ldap')) {
    throw new DsnError(`${where}: pgdeck does not support services that are looked up by LDAP`)
  }
  if (equals < 1) throw new DsnError(`${where}: not "name=value"`)
  const written = line.slice(0, equals)
  const key = written.trimEnd()
  const value = line.slice(equals + 1)
  if (key === 'service') throw new DsnError(`${where}: a service can't name another service`)
  // A comment, or another service, may be in another encoding.
  if (line.includes('\uFFFD')) throw new DsnError(`${where}: is not UTF-8 text`)
  // As libpq, blanks before a value are part of it. Only libpq refuses those before the sign.
  return [key, key === written ? value : value.trimStart()]
}
