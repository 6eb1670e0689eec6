// `pgdeck version`: what runs here.

import packageFile from '../../package.json' with { type: 'json' }
import { jsonText, type Output } from './output.ts'

export const VERSION: string = packageFile.version

/** Prints the versions of pgdeck and Node and the platform. Resolves to the exit code. */
export async function versionCommand(options: { readonly json: boolean; readonly output: Output }): Promise<number> {
  const facts = { pgdeck: VERSION, node: process.versions.node, platform: `${process.platform}-${process.arch}` }
  const text = `pgdeck ${facts.pgdeck}, Node ${facts.node}, ${facts.platform}\n`
  await options.output.write(options.json ? jsonText(facts, 'pretty') : text)
  return 0
}
