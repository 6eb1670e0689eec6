// The command `demo`, and `ring`, which only the scripts of the demo's product call: what they take.

import { type Command, InvalidArgumentError, Option } from 'commander'
import { MODEL_IDS, type ModelId, PLAIN_PROFILE, type ProfileId } from '../../../model/measured/spec.ts'
import { PROFILE_IDS } from '../../../profiles/facts.ts'
import { EXIT_CODES } from '../../invocation/exit-codes.ts'
import type { Invocation } from '../../invocation/invocation.ts'
import { pressOption, screenReaderOption, selectOption } from '../../invocation/shared-options.ts'

interface DemoArguments {
  readonly seconds?: number
  readonly size: number
  readonly model: ModelId
  readonly profile: ProfileId
  readonly calm?: boolean
  readonly writeConfig?: string
  readonly force?: boolean
  readonly tour?: number
}

/** Adds `demo`. */
export function declareDemo(program: Command, invocation: Invocation): void {
  program
    .command('demo')
    .description('start a real cluster with application servers on this machine, and watch it')
    .addOption(new Option('--seconds <n>', 'end after this many seconds').argParser(whole(1, 86_400)))
    .addOption(new Option('--size <n>', 'how many standbys').argParser(whole(1, 8)).default(1))
    .addOption(new Option('--model <id>', 'the deployment model').choices(MODEL_IDS).default(MODEL_IDS[0]))
    .addOption(profileOption())
    .option('--calm', 'only the cluster and its users, without other applications and their locks')
    .option('--write-config <file>', 'write a configuration of the demo, for other commands')
    .option('--force', 'replace that file, or that of --trace, if it exists')
    .addOption(tourOption())
    .addOption(pressOption())
    .addOption(selectOption())
    .addOption(screenReaderOption())
    .action((options: DemoArguments, command: Command) =>
      invocation.run(command, async (_, screen) => {
        const { demoCommand } = await import('./run.ts')
        return demoCommand({ ...screen, ...options })
      }),
    )
}

function profileOption(): Option {
  return new Option('--profile <id>', 'a product that is built on PostgreSQL, whose procedures can be tried')
    .choices(PROFILE_IDS)
    .default(PLAIN_PROFILE)
}

function tourOption(): Option {
  return new Option('--tour [speed]', 'play an incident by itself, from the alarm to the proof; 2 is twice as fast')
    .argParser(speed)
    .preset('1')
    .conflicts(['press', 'select'])
}

function speed(text: string): number {
  const number = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN
  if (number >= 0.25 && number <= 20) return number
  throw new InvalidArgumentError('Allowed: a speed from 0.25 to 20.')
}

function whole(least: number, most: number): (text: string) => number {
  return (text) => {
    const number = /^\d+$/.test(text) ? Number(text) : Number.NaN
    if (number >= least && number <= most) return number
    throw new InvalidArgumentError(`Allowed: a whole number from ${least} to ${most}.`)
  }
}

/** Adds `ring`. */
export function declareRing(program: Command, invocation: Invocation): void {
  program
    .command('ring', { hidden: true })
    .argument('<address>')
    .argument('[words...]')
    .action((address: string, words: string[], _: object, command: Command) =>
      invocation.run(command, async (__, ___, { output }) => {
        const { callDemoScript } = await import('../../../demo/scripts/call-script.ts')
        const { done, text } = await callDemoScript(address, words)
        if (done) await output.write(`${text}\n`)
        else invocation.notify(text)
        return done ? EXIT_CODES.ok : EXIT_CODES.failed
      }),
    )
}
