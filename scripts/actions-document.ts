// docs/actions.md, from the registry of acts.

import type { Action, ActionField } from '../src/actions/definition/action.ts'
import { ACTIONS } from '../src/profiles/actions.ts'

const HEAD = `# Actions

Everything that pgdeck can do to a cluster, from the screen (\`a\` lists what can be done to what is selected, with why not) and
from the shell (\`pgdeck do ACTION [NAME] [--set KEY=VALUE…]\`). Both go through one door. Made from the code by \`npm run generate\`.

* **A plan first.** It is made on readings taken now: what will be done, where, with the exact statement, command or edit, how
  each step is seen to have worked, what can be taken back. \`--dry-run\` prints it and changes nothing.
* **Checks.** \`pass\`, \`warn\` or \`fail\`, each with its figure. What can not be found out is a warning, never a pass. A
  failure blocks (exit 4); where it may be overruled: \`--override CHECK=REASON\`, or \`o\` on the screen.
* **The cost**: bytes and seconds of commits lost, sessions cut, servers that move, what is left behind.
* **Confirmation by danger.** \`routine\`: enter. \`disruptive\`: \`y\`. \`outage\` and \`data-loss\`: the name has to be typed
  (\`--confirm NAME\`); \`--yes\` answers the first two only. A paste confirms nothing.
* **Steps.** Each is written to a journal before and after it runs, and ends only when later readings show its effect. A lost
  answer is no failure: its effect is looked for. Where nothing leads into a host its steps are for you to do: the commands are
  shown, and their effect is waited for (\`m\` says that it was done).
* **No proof by silence.** That a server refuses connections, or is silent, shows nothing: a cut network looks the same. That it is
  stopped, its own host says, or a person (\`m\`, or \`--skip STEP=REASON\` in a script); the record keeps whose word it was. A
  standby is not promoted while its receiver, or that of another standby, is connected to what may be a primary: the step waits
  until \`wal_receiver_timeout\` has ended the connection, and stops when something still comes.
* **What was lost is proven, never planned.** A switchover waits for the shutdown checkpoint of the old primary: seen, nothing is lost.
  Where its host can't tell, it is "at least 0 B", as what it wrote after the last reading is unknown. A step that proves it is left
  out only by a reason that begins with "NAME may lose data:"; that makes the act \`data-loss\`.
* **Done is said in terms of who serves the users**, after a change of roles: "done: users are served by app-a (read-write)". Where
  users who could write before, or whom nobody served, can't write now, servers get 10 seconds to come over; then it is "done, but app-a
  still uses db-1: users can only read", with what to do next, and exit code 1. A server has come over when it has sessions on the
  database that takes writes, and none on the one that the configuration names. A fence ends writes on purpose. JSON: \`served\`.
* **The world is watched.** Before each step: if somebody else promoted, started or took over anything meanwhile, the run stops.
* **Managers.** Every act that changes a role, data, a slot or pg_hba.conf asks whether Patroni, repmgr, pg_auto_failover or another
  manager is in charge, or may be ([how](managers.md)). What any user of the database can fake only warns.
* **What starts as a standby stays one.** Wherever \`standby.signal\` is made, a recovery target that an earlier restore left in the
  settings is emptied in \`postgresql.auto.conf\`: the server would stop there, or promote itself.
* **A line of pg_hba.conf is proven by the server's own rows** (\`pg_hba_file_rules\`), added or taken out; one that an earlier line
  takes everything from is refused. Where a \`postgresql.conf\` has an error, acts that reload or restart that server tell so before.
* **Split brain.** Where several databases of one system take writes, \`fence\` refuses the one to keep. Where the users are on one and
  another one is newer, it says so and leaves the choice to you.
* **Cut off?** \`pgdeck do --resume RUN\`, or \`a\` at the next start: finished steps are looked at, not repeated. The servers that answer then,
  and where the configuration leads, are compared with those of the plan: another server, another configuration’s nodes, or a restart of
  a server that it works on and did not restart itself refuse it. A run of 0.1.0 noted no servers: it is confirmed once more, and holds those of then. \`pgdeck do
  --abort RUN\` takes back what can be. Commands of the configuration are taken from it again, and have to be what they were. \`pgdeck runs\` lists all runs, \`pgdeck audit\` who did what and why.
* **One run per cluster** at a time, wherever it is started, for acts that change roles, data directories, settings or slots: they hold
  every server that can be read, for everybody to see. Whoever else has it is named; \`--override run-lock=REASON\` goes on all the
  same and ends the other run ([how](../SECURITY.md#one-run-per-cluster)).
* \`--read-only\`, or \`"readOnly": true\` of a cluster, refuses all (exit 4).

Exit codes of \`pgdeck do\`: 0 done and seen to have worked; 1 not done, or done but users can't write; 4 blocked or not
confirmed, nothing was changed; 5 stopped half way.
`

/** The document. */
export function actionsDocument(): string {
  return `${HEAD}\n${ACTIONS.map(section).join('\n')}`
}

function section({ name, title, explains, key, danger, target, locks, fields }: Action): string {
  const facts = [
    `* on: ${target === 'node' ? 'a database or server' : target === 'cluster' ? 'the cluster' : `a ${target}`}`,
    `* danger: ${danger}`,
    ...(locks === 'none' ? ['* goes on beside other runs'] : []),
    ...(key === null ? [] : [`* key: \`${key}\``]),
    ...fields.map(fieldText),
  ]
  return `## ${name}\n\n${capital(title)}. ${explains}\n\n${facts.join('\n')}\n`
}

function fieldText({ name, explains, kind, choices, required, defaultText }: ActionField): string {
  const what = kind === 'choice' ? (choices ?? []).map((each) => `\`${each}\``).join(', ') : kind
  const need = required ? 'needed' : defaultText === undefined ? 'may be left out' : `otherwise: ${defaultText}`
  return `* \`--set ${name}=…\` (${what}; ${need}): ${explains}`
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
