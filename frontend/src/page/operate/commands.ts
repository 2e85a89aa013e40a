/** How an operator begins: three commands that work when pasted, with the reader's own account in them. */

export interface Command {
  what: string
  command: string
}

export function firstCommands(account: string, rpcUrl: string | undefined): Command[] {
  const name = account.split('.')[0]!.replaceAll(/[^a-z0-9_-]/g, '') || 'me'
  const rpc = rpcUrl === undefined || rpcUrl === '' ? '' : ` --rpc ${rpcUrl}`
  const key = ` --key ${name}.json`
  return [
    {
      what: 'Stake for this machine: two seats, and where peers reach it',
      command: `./blyan stake add 200 --role trainer --peer http://127.0.0.1:4401${rpc}${key}`,
    },
    {
      what: 'Put it to work: it tests itself first and says what is missing',
      command: `./blyan node --role trainer --peer-port 4401${rpc}${key} --dir ${name}`,
    },
    { what: 'Ask what it earned, and why', command: `./blyan why ${account}${rpc}` },
  ]
}
