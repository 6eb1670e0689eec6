// The errors of a host as messages: the host, the file or program, and what to do next.

import { type Fault, FaultError } from '../../model/values/fault.ts'
import { clean } from '../../model/values/text.ts'

export type HostFileProblem =
  | 'changed'
  | 'exists'
  | 'not-allowed'
  | 'not-a-file'
  | 'not-there'
  | 'too-large'
  | 'not-text'
  | 'not-written'
  | 'owner'
  | 'no-program'
  | 'not-its-own'

/** A file could not be read or changed as requested. Nothing was changed. */
export class HostFileError extends FaultError {
  readonly trouble: HostFileProblem

  constructor(host: string, path: string, trouble: HostFileProblem, said = '') {
    const [what, hint] = WORDS[trouble]
    const output = clean(said.trim()).slice(0, 300)
    const message = `${clean(host)}: ${clean(path)} ${what}${output === '' ? '' : ` (${output})`}`
    super({ code: 'protocol', message, hint })
    this.name = 'HostFileError'
    this.trouble = trouble
  }
}

const WORDS: Readonly<Record<HostFileProblem, readonly [what: string, hint: string]>> = {
  changed: ['has changed since pgdeck read it', 'Plan again from its present content.'],
  exists: ['exists already, with other content', 'Check its content, and move it away if it is not needed.'],
  'not-allowed': [
    'is not accessible to this account',
    'Set "as" of the host to the owner of the file, and allow sudo -n there; or give the account the right.',
  ],
  'not-a-file': ['is not a file', 'It is a folder, a device or a pipe: check the path.'],
  'not-there': ['does not exist', 'Check the path, and that its disk is mounted.'],
  'too-large': ['is larger than pgdeck reads at once', 'Check that it is the right file.'],
  'not-text': ['is not UTF-8 text', 'Check that it is the right file; convert it to UTF-8 if it is.'],
  'not-written': [
    'could not be written; it is unchanged',
    'Check free space, quota and whether the disk is read-only.',
  ],
  owner: ['would get another owner, so it was not changed', 'Use the account that owns it, or root.'],
  'not-its-own': ['is not read', 'Name the folder itself in the config, if it is meant.'],
  'no-program': [
    'needs a program that is missing there',
    'Install base64 and sha256sum (coreutils), shasum or openssl on that host.',
  ],
}

/** A time limit passed, or the user stopped it. `tookMs` is how long it ran. */
export function commandEndedFault(host: string, what: string, signal: AbortSignal, tookMs: number): Fault {
  const isLimit = signal.reason instanceof Error && signal.reason.name === 'TimeoutError'
  const why = isLimit ? 'it reached its time limit' : 'it was stopped'
  return {
    code: 'timeout',
    message: `${clean(host)}: ${clean(what)} was ended after ${(tookMs / 1000).toFixed(1)} s: ${why}`,
    hint: 'Check what it has done before you run it again.',
  }
}

/** It printed more than expected and was killed. */
export function outputTooLargeFault(host: string, what: string, maxBytes: number): Fault {
  return {
    code: 'protocol',
    message: `${clean(host)}: ${clean(what)} wrote more than ${Math.round(maxBytes / 1024)} kB and was ended`,
    hint: 'Run it by hand and check what it writes.',
  }
}

/** The connection was lost during a command: how that ended is unknown. */
export function connectionLostFault(host: string, what: string): Fault {
  return {
    code: 'unreachable',
    message: `${clean(host)}: the connection was lost while ${clean(what)} ran; its result is unknown`,
    hint: 'Check on the host what it has done before you run it again.',
  }
}

/** No shell could be started on this machine. */
export function noShellFault(host: string, startError: string | null): Fault {
  return {
    code: 'protocol',
    message: `${clean(host)}: sh could not be started here${startError === null ? '' : ` (${clean(startError)})`}`,
    hint: 'A POSIX shell is needed in PATH to act on this machine; a host by ssh works without.',
  }
}
