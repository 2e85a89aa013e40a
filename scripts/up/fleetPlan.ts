/** Who takes part in the demonstration. The dishonest are told apart by nothing but their program. */

export interface Member {
  readonly account: string
  readonly name: string
  readonly role: 'trainer' | 'validator' | 'server'
  /** The program: a daemon of ours, or an actor of the attack tests that speaks the same protocol. */
  readonly script: string
  readonly isHonest: boolean
}

/** The daemon that everybody runs. */
export const DAEMON = 'scripts/cli/main.ts'
/** One of the attack tests' actors, by its file's name. */
export const actor = (name: string): string => `test/attacks/actors/${name}.ts`

export const member = (name: string, role: Member['role'], script: string = DAEMON): Member => ({
  account: `${name}.test.near`,
  name,
  role,
  script,
  isHonest: script === DAEMON,
})

export const MEMBERS: readonly Member[] = [
  member('trainer-1', 'trainer', DAEMON),
  member('trainer-2', 'trainer', DAEMON),
  member('trainer-3', 'trainer', DAEMON),
  member('poisoner', 'trainer', actor('poisoner')),
  member('free-rider', 'trainer', actor('freeRider')),
  member('validator-1', 'validator', DAEMON),
  member('validator-2', 'validator', DAEMON),
  member('validator-3', 'validator', DAEMON),
  member('validator-4', 'validator', actor('lazyValidator')),
  member('server-1', 'server'),
]

export const REQUESTER = 'requester.test.near'
/** Opens keys for requesters who are away, and moves tasks on; it holds no BLY. */
export const GATEWAY = 'gateway.test.near'

/** Arguments of a member's program. */
export function memberArgs(
  { account, role, script }: Member,
  { rpcUrl, dir, market, peerPort = 0 }: { rpcUrl: string; dir: string; market: string; peerPort?: number },
): string[] {
  const flags = [
    '--role',
    role,
    '--rpc',
    rpcUrl,
    '--key',
    `${dir}/keys/${account}.json`,
    '--dir',
    `${dir}/nodes/${account}`,
    '--market',
    market,
    '--peer-port',
    String(peerPort),
    '--json',
  ]
  return script === DAEMON ? ['node', ...flags] : flags
}
