// The configuration file: found, read, checked, and turned into what the program uses.

import { dirname } from 'node:path'
import { FileError, isOpenToOthers, type TextFile } from '../io/files/text-files.ts'
import { whyWritableByOthers } from '../io/files/trust.ts'
import { readTrustedFile } from '../io/files/trusted-file.ts'
import type { Config } from './config.ts'
import { checkCrossReferences } from './cross-references.ts'
import { passwordPaths } from './passwords.ts'
import { ConfigError, type ConfigProblem } from './problems/config-error.ts'
import { type ConfigDocument, parseConfigDocument } from './problems/document.ts'
import { allowedText, type ConfigFileProblem, jsonPathText, problemsFromIssues } from './problems/problems.ts'
import { localPrograms } from './programs.ts'
import { resolveConfigFile } from './resolve.ts'
import { fileSchema } from './schema/file.ts'
import { type ConfigSource, type FoundConfig, findConfig } from './search.ts'

export { ConfigError } from './problems/config-error.ts'

/** The configuration that `source` leads to, with every default filled in. Throws ConfigError. */
export function loadConfig(source: ConfigSource): Config {
  const location = findConfig(source)
  const { path } = location
  const file = read(location)
  const config = parseConfig(file.text, path, source)
  refuseOpenSecrets(path, file, config.places)
  refuseOpenPrograms(path, config.config)
  return config.config
}

/** Only a file that this user or root can have written: its commands are run in their name. */
function read({ path, isNamed }: FoundConfig): TextFile {
  try {
    return readTrustedFile(path, { isNamed })
  } catch (error) {
    if (!(error instanceof FileError)) throw error
    const message = error.message.slice(error.path.length + 2)
    const text = error.path === path ? message : `${error.path} ${message}`
    throw new ConfigError('unreadable', path, [{ path: null, line: null, column: null, message: text }])
  }
}

interface Parsed {
  readonly config: Config
  /** Where connection strings hold passwords. */
  readonly places: readonly string[]
}

function parseConfig(text: string, file: string, { env, cluster }: ConfigSource): Parsed {
  const document = parseConfigDocument(text)
  if (!('value' in document)) {
    throw new ConfigError(
      'invalid',
      file,
      document.map((problem) => ({ path: null, ...problem })),
    )
  }
  const checked = fileSchema.safeParse(document.value, { error: allowedText })
  const problems = [
    ...document.problems,
    ...problemsFromIssues(checked.error?.issues ?? [], document.value),
    ...checkCrossReferences(document.value, env),
  ]
  if (!checked.success || problems.length > 0) throw new ConfigError('invalid', file, inOrder(document, problems))
  const places = passwordPaths(checked.data)
  return { places, config: resolveConfigFile(checked.data, { file, folder: dirname(file), env, cluster }) }
}

/** The error of a file that could be read but says what can't be used, each problem at its place in the text. */
export function configErrorOf(file: string, problems: readonly ConfigFileProblem[]): ConfigError {
  const document = parseConfigDocument(read({ path: file, isNamed: true }).text)
  const placed = problems.map(({ path, message }) => ({
    path: jsonPathText(path),
    line: null,
    column: null,
    message,
  }))
  return new ConfigError('invalid', file, 'value' in document ? inOrder(document, problems) : placed)
}

/** Problems as they follow each other in the file. */
export function inOrder(document: ConfigDocument, problems: readonly ConfigFileProblem[]): readonly ConfigProblem[] {
  return problems
    .map((problem) => ({
      path: jsonPathText(problem.path),
      ...document.position(problem),
      message: problem.message,
    }))
    .sort((one, other) => one.line - other.line || one.column - other.column)
}

function refuseOpenSecrets(path: string, file: TextFile, places: readonly string[]): void {
  const first = places[0]
  if (first === undefined || !isOpenToOthers(file.mode)) return
  const mode = `0${file.mode.toString(8)}`
  const message = `holds a password, and others may read the file (mode ${mode}): run  chmod 600 ${path}  or remove the password`
  throw new ConfigError('unreadable', path, [{ path: first, line: null, column: null, message }])
}

/** A program that others may write is theirs to choose, whoever named it. */
function refuseOpenPrograms(path: string, config: Config): void {
  const problems = localPrograms(config).flatMap((program) => {
    const distrust = whyWritableByOthers(program)
    if (!distrust) return []
    const message = `runs ${program}, but ${distrust.path} ${distrust.why}: run  ${distrust.remedy}`
    return [{ path: null, line: null, column: null, message }]
  })
  if (problems.length > 0) throw new ConfigError('unreadable', path, problems)
}
