// `pgdeck version`: prints the versions in use.

import { CommandError, EXIT_CODES } from '../../invocation/exit-codes.ts'
import { jsonText, type Output } from '../../invocation/output.ts'
import { VERSION } from '../../invocation/version.ts'

/** Prints the versions of pgdeck and Node and the platform. Resolves to the exit code. */
export async function versionCommand(options: { readonly json: boolean; readonly output: Output }): Promise<number> {
  const facts = versionDocument()
  const text = `pgdeck ${facts.pgdeck}, Node ${facts.node}, ${facts.platform}\n`
  await options.output.write(options.json ? jsonText(facts, 'pretty') : text)
  return EXIT_CODES.ok
}

/** The document of `pgdeck version --json`. */
export function versionDocument() {
  return { pgdeck: VERSION, node: process.versions.node, platform: `${process.platform}-${process.arch}` }
}

/** Prints the licences of the libraries inside. Resolves to the exit code. */
export async function licencesCommand(output: Output): Promise<number> {
  const { licenseTexts } = await import('../../../io/files/licenses.ts')
  const text = licenseTexts()
  if (text === null) throw new CommandError('this pgdeck runs from its sources: its libraries are in node_modules')
  await output.write(text)
  return EXIT_CODES.ok
}
