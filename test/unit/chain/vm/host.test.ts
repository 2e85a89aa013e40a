/** Host functions: what each charges, in which order, what it answers, and what it refuses. */
import { expect } from 'chai'
import { sha256 } from '../../../../chain/lib/hash.ts'
import { type ExtCostName, paramsAt } from '../../../../chain/lib/params.gen.ts'
import { HOST_FUNCTIONS } from '../../../../chain/vm/host/index.ts'
import { runContract } from '../../../../chain/vm/index.ts'
import { touchedTrieNodes } from '../../../../chain/vm/triePath.ts'
import { mapStorage, type RunOptions, runModule, TGAS } from '../../../fixtures/wasm/vmHarness.ts'
import { call, EMPTY, END, I32, i32, i64, type TestModule } from '../../../fixtures/wasm/wasmModule.ts'

const DROP = 0x1a
const { extCosts, fees } = paramsAt()
const bytes = (text: string): number[] => [...new TextEncoder().encode(text)]
const u128 = (value: bigint): number[] => Array.from({ length: 16 }, (_, i) => Number((value >> BigInt(8 * i)) & 255n))

/** Calls host functions with constants; `data` lies at 0. The last result, if any, is returned as eight bytes. */
function script(steps: [name: string, ...args: (bigint | number)[]][], data: number[] = []): TestModule {
  const imports = [...new Set([...steps.map(([name]) => name), 'value_return'])]
  const gives = (name: string) => HOST_FUNCTIONS[name]!.type.results[0]
  const code = steps.flatMap(([name, ...args]) => {
    const { params } = HOST_FUNCTIONS[name]!.type
    const pushed = args.flatMap((arg, i) => (params[i] === I32 ? i32(Number(arg)) : i64(arg)))
    return [...pushed, ...call(imports.indexOf(name)), ...(gives(name) === undefined ? [] : [DROP])]
  })
  return { imports, functions: [{ export: 'main', code }], data: data.length > 0 ? [{ at: 0, bytes: data }] : [] }
}

/** Runs steps and gives back what host functions charged, by cost. */
function charged(steps: [string, ...(bigint | number)[]][], data: number[] = [], options: RunOptions = {}) {
  const outcome = runModule(script(steps, data), options)
  const { contract_loading_base, contract_loading_bytes, ...host } = outcome.profile.host
  return { ...outcome, host }
}
const cost = (name: ExtCostName, count = 1): bigint => extCosts[name] * BigInt(count)
const failure = (steps: [string, ...(bigint | number)[]][], data?: number[], options?: RunOptions) =>
  charged(steps, data, options).error?.text

/** Reads a register's bytes by returning it. */
const register = (
  steps: [string, ...(bigint | number)[]][],
  data?: number[],
  options?: RunOptions,
): Uint8Array | string => {
  const outcome = charged([...steps, ['value_return', -1n, 1]], data, options)
  return outcome.return.kind === 'value' ? outcome.return.value : (outcome.error?.text ?? 'nothing')
}

describe('storage functions', () => {
  it('charges a first write base, key and value, and counts 40 bytes beside them', () => {
    const { host, storageUsage } = charged([['storage_write', 3, 0, 5, 3, 0]], bytes('keyvalue'))
    expect(host).to.deep.equal({
      base: cost('base'),
      storage_write_base: cost('storage_write_base'),
      read_memory_base: cost('read_memory_base', 2),
      read_memory_byte: cost('read_memory_byte', 8),
      storage_write_key_byte: cost('storage_write_key_byte', 3),
      storage_write_value_byte: cost('storage_write_value_byte', 5),
    })
    expect(storageUsage).to.equal(200n + 48n)
  })

  it('charges an overwrite for the evicted value and hands it out', () => {
    const storage = mapStorage({ key: 'four' })
    const { host, storageUsage } = charged([['storage_write', 3, 0, 5, 3, 1]], bytes('keyvalue'), { storage })
    expect(host.storage_write_evicted_byte).to.equal(cost('storage_write_evicted_byte', 4))
    expect(host.write_register_byte).to.equal(cost('write_register_byte', 4))
    expect(storageUsage).to.equal(201n)
  })

  it('charges no evicted bytes where the storage says so, as nearcore’s mock', () => {
    const storage = { ...mapStorage({ key: 'four' }), chargesReplacedBytes: false }
    expect(charged([['storage_write', 3, 0, 5, 3, 1]], bytes('keyvalue'), { storage }).host).to.not.have.property(
      'storage_write_evicted_byte',
    )
  })

  it('charges trie nodes for the first write or removal of a key, and none for the next', () => {
    const storage = { ...mapStorage(), touchedNodes: () => 6 }
    const write: [string, ...number[]] = ['storage_write', 3, 0, 5, 3, 0]
    const nodes = (steps: [string, ...number[]][]) =>
      charged(steps, bytes('keyvalue'), { storage }).host.touching_trie_node
    expect(nodes([write, write])).to.equal(6n * 2_280_000_000n)
    expect(nodes([['storage_remove', 3, 0, 0], write])).to.equal(6n * 2_280_000_000n)
    expect(
      nodes([
        ['storage_read', 3, 0, 0],
        ['storage_has_key', 3, 0],
      ]),
    ).to.equal(undefined)
  })

  it('adds one gas and one a byte to reads of more than 4,000 bytes', () => {
    const read = (length: number) => {
      const storage = mapStorage({ key: 'x'.repeat(length) })
      return charged([['storage_read', 3, 0, 1]], bytes('key'), { storage }).host
    }
    expect(read(4000)).to.not.have.property('storage_large_read_overhead_base')
    expect(read(4001)).to.include({ storage_large_read_overhead_base: 1n, storage_large_read_overhead_byte: 4001n })
  })

  it('gives back what it removes, and its bytes', () => {
    const storage = mapStorage({ key: 'four' })
    expect(register([['storage_remove', 3, 0, 1]], bytes('key'), { storage })).to.deep.equal(
      Uint8Array.from(bytes('four')),
    )
    expect(storage.map.size).to.equal(0)
    expect(
      charged([['storage_remove', 3, 0, 1]], bytes('key'), { storage: mapStorage({ key: 'four' }) }).storageUsage,
    ).to.equal(153n)
  })

  it('refuses keys above 2,048 bytes, after charging for their reading', () => {
    const { error, host } = charged([['storage_has_key', 2049, 0]])
    expect(error?.text).to.equal('The length of a storage key 2049 exceeds the limit 2048')
    expect(host.read_memory_byte).to.equal(cost('read_memory_byte', 2049))
    expect(host).to.not.have.property('storage_has_key_byte')
  })

  it('refuses to write in a view, after the base is paid', () => {
    const { error, host } = charged([['storage_write', 3, 0, 5, 3, 0]], bytes('keyvalue'), {
      context: { isView: true },
    })
    expect(error?.text).to.equal('storage_write is not allowed in view calls')
    expect(host).to.deep.equal({ base: cost('base') })
  })

  it('fails iterators without charging anything', () => {
    const { error, host } = charged([['storage_iter_prefix', 1, 0]])
    expect(error?.text).to.equal('Attempted to call deprecated host function storage_iter_prefix')
    expect(host).to.deep.equal({})
  })
})

describe('registers and memory', () => {
  it('charges a read that lies outside the memory, then refuses it', () => {
    const { error, host } = charged([['sha256', 8, 2n ** 40n, 1]])
    expect(error?.text).to.equal('Accessed memory outside the bounds.')
    expect(host).to.deep.equal({
      sha256_base: cost('sha256_base'),
      read_memory_base: cost('read_memory_base'),
      read_memory_byte: cost('read_memory_byte', 8),
    })
  })

  it('overflows rather than charge for an absurd length', () => {
    expect(failure([['sha256', 2n ** 63n, 0, 1]])).to.equal('Integer overflow.')
  })

  it('charges nothing by the byte for input and promise results', () => {
    const input = new Uint8Array(1000)
    const promiseResults = [{ kind: 'successful' as const, value: input }]
    const { host } = charged(
      [
        ['input', 0],
        ['promise_result', 0, 1],
      ],
      [],
      { context: { input, promiseResults } },
    )
    expect(host).to.deep.equal({ base: cost('base', 2), write_register_base: cost('write_register_base', 2) })
  })

  it('takes 100 registers, and then not even a replacement', () => {
    const fill = Array.from({ length: 100 }, (_, i): [string, ...number[]] => ['current_account_id', i])
    expect(failure(fill)).to.equal(undefined)
    expect(failure([...fill, ['current_account_id', 0]])).to.equal('Accessed memory outside the bounds.')
  })

  it('names a register that was never written', () => {
    expect(failure([['read_register', 9, 0]])).to.equal('Accessed invalid register id: 9')
  })

  it('reads 2⁶⁴ − 1 as: the pointer is a register', () => {
    expect(
      register([
        ['current_account_id', 5],
        ['sha256', -1n, 5, 1],
      ]),
    ).to.deep.equal(sha256(Uint8Array.from(bytes('alice.near'))))
  })
})

describe('logs and panics', () => {
  it('charges a log for decoding and for its bytes', () => {
    const { host, logs } = charged([['log_utf8', 5, 0]], bytes('hello'))
    expect(logs).to.deep.equal(['hello'])
    expect(host.utf8_decoding_byte).to.equal(cost('utf8_decoding_byte', 5))
    expect(host.log_byte).to.equal(cost('log_byte', 5))
  })

  it('reads texts up to a zero byte where the length is 2⁶⁴ − 1', () => {
    expect(charged([['log_utf8', -1n, 0]], bytes('hi\0there')).logs).to.deep.equal(['hi'])
    expect(charged([['log_utf16', -1n, 0]], [0x41, 0, 0xac, 0x20, 0, 0]).logs).to.deep.equal(['A€'])
  })

  it('keeps the logs of a call that fails', () => {
    const { logs, error } = charged([['log_utf8', 2, 0], ['panic']], bytes('ok'))
    expect(logs).to.deep.equal(['ok'])
    expect(error?.text).to.equal('Smart contract panicked: explicit guest panic')
    expect(error?.json).to.deep.equal({ ExecutionError: 'Smart contract panicked: explicit guest panic' })
  })

  it('stops at 100 logs and at 16,384 bytes', () => {
    const many = Array.from({ length: 101 }, (): [string, ...number[]] => ['log_utf8', 1, 0])
    expect(failure(many, bytes('x'))).to.equal('The number of logs will exceed the limit 100')
    expect(failure([['log_utf8', 16_385, 0]])).to.equal('The length of a log message 16385 exceeds the limit 16384')
  })

  it('reports a log that grew in UTF-8 with its length counted twice, as nearcore does', () => {
    const euros = Array.from({ length: 6000 }, () => [0xac, 0x20]).flat()
    expect(failure([['log_utf16', 12_000, 0]], euros)).to.equal(
      'The length of a log message 36000 exceeds the limit 16384',
    )
  })

  it('refuses bad UTF-8 and lone surrogates', () => {
    expect(failure([['log_utf8', 1, 0]], [0xff])).to.equal('String encoding is bad UTF-8 sequence.')
    expect(failure([['log_utf16', 2, 0]], [0, 0xd8])).to.equal('String encoding is bad UTF-16 sequence.')
    expect(failure([['log_utf16', 3, 0]], [65, 0, 65])).to.equal('String encoding is bad UTF-16 sequence.')
  })

  it('says where AssemblyScript aborted', () => {
    const utf16 = (text: string) => [...text].flatMap((letter) => [letter.charCodeAt(0), 0])
    const data = [4, 0, 0, 0, ...utf16('no'), 6, 0, 0, 0, ...utf16('a.b')]
    const { error, logs } = charged([['abort', 4, 12, 7, 9]], data)
    expect(error?.text).to.equal('Smart contract panicked: no, filename: "a.b" line: 7 col: 9')
    expect(logs).to.deep.equal(['ABORT: no, filename: "a.b" line: 7 col: 9'])
  })

  it('burns the data receipts of everyone who waits for the result', () => {
    const context = { outputDataReceivers: ['alice.near', 'zoe.near'] }
    const { host } = charged([['value_return', 10, 0]], [], { context })
    const { send_sir, send_not_sir, execution } = fees.data_receipt_creation_per_byte
    expect(host.data_receipt_creation_per_byte).to.equal(10n * (send_sir + send_not_sir + 2n * execution))
  })
})

describe('promise functions', () => {
  // at 0 'dave.near', 9 'go', 11 '{}', 13 a deposit of one yocto, 29 none
  const data = [...bytes('dave.neargo{}'), ...u128(1n), ...u128(0n)]
  const create: [string, ...number[]] = ['promise_batch_create', 9, 0]
  const callAction = (gas: number | bigint, amountAt: number, weight = 0): [string, ...(bigint | number)[]] => [
    'promise_batch_action_function_call_weight',
    0,
    2,
    9,
    2,
    11,
    amountAt,
    gas,
    weight,
  ]

  it('burns sending a receipt and holds its execution back', () => {
    const { burntGas, usedGas, host, receipts } = charged([create], data)
    expect(host.action_receipt_creation).to.equal(fees.action_receipt_creation.send_not_sir)
    expect(usedGas - burntGas).to.equal(fees.action_receipt_creation.execution)
    expect(receipts).to.deep.equal([{ receiverId: 'dave.near', dependencies: [], actions: [] }])
  })

  it('attaches gas and deposit to a call, and takes the deposit from the balance', () => {
    const { receipts, balance, burntGas, usedGas } = charged([create, callAction(5n * TGAS, 13)], data)
    expect(balance).to.equal(99n)
    const held = fees.action_receipt_creation.execution + fees.action_function_call.execution
    expect(usedGas - burntGas).to.equal(held + 4n * fees.action_function_call_per_byte.execution + 5n * TGAS)
    expect(receipts[0]!.actions).to.deep.equal([
      {
        kind: 'functionCall',
        methodName: 'go',
        args: Uint8Array.from(bytes('{}')),
        deposit: 1n,
        gas: 5n * TGAS,
        gasWeight: 0n,
      },
    ])
  })

  it('shares the gas that is left by weight only in a run on the chain', () => {
    const steps = [create, callAction(0, 29, 1)]
    const alone = charged(steps, data)
    const onChain = charged(steps, data, { runner: runContract })
    expect(onChain.usedGas).to.equal(300n * TGAS)
    const action = onChain.receipts[0]!.actions[0]!
    expect(action.kind === 'functionCall' && action.gas).to.equal(300n * TGAS - alone.usedGas)
  })

  it('gives the one yocto that an empty account cannot pay, and no more', () => {
    const context = { accountBalance: 0n }
    const { error, subsidized, balance } = charged([create, callAction(0, 13)], data, { context })
    expect([error, subsidized, balance]).to.deep.equal([null, 1n, 0n])
    const two = [...data.slice(0, 13), ...u128(2n)]
    expect(failure([create, callAction(0, 13)], two, { context })).to.equal('Exceeded the account balance.')
  })

  it('waits for all receipts of a joint promise, whose indices are charged by the byte', () => {
    const pair = [...data, ...[0, 1].flatMap((i) => [i, ...Array<number>(7).fill(0)])]
    const steps: [string, ...number[]][] = [create, create, ['promise_and', 45, 2], ['promise_batch_then', 2, 9, 0]]
    const { receipts, host } = charged(steps, pair)
    expect(receipts[2]).to.deep.equal({ receiverId: 'dave.near', dependencies: [0, 1], actions: [] })
    expect(host.promise_and_per_promise).to.equal(cost('promise_and_per_promise', 16))
    const { send_sir, execution } = fees.data_receipt_creation_base
    expect(host.action_receipt_creation).to.equal(
      3n * fees.action_receipt_creation.send_not_sir + 2n * (send_sir + execution),
    )
  })

  it('refuses actions on a joint promise, and its return', () => {
    const pair = [...data, ...Array<number>(8).fill(0)]
    const joint: [string, ...number[]][] = [create, ['promise_and', 45, 1]]
    expect(failure([...joint, ['promise_batch_action_create_account', 1]], pair)).to.match(/non-joint promise/)
    expect(failure([...joint, ['promise_return', 1]], pair)).to.match(/Returning joint promise/)
    expect(failure([['promise_batch_action_create_account', 3]])).to.equal('3 does not correspond to existing promises')
  })

  it('returns the receipt whose result shall be the call’s own, and a later value replaces it', () => {
    expect(charged([create, ['promise_return', 0]], data).return).to.deep.equal({ kind: 'receipt', index: 0 })
    expect(charged([create, ['promise_return', 0], ['value_return', 0, 0]], data).return.kind).to.equal('value')
  })

  it('charges a transfer to an unused implicit account for creating it', () => {
    const implicit = bytes(`${'a'.repeat(64)}`)
    const steps: [string, ...number[]][] = [
      ['promise_batch_create', 64, 0],
      ['promise_batch_action_transfer', 0, 64],
    ]
    const { host } = charged(steps, [...implicit, ...u128(3n)])
    const { action_transfer, action_create_account, action_add_full_access_key } = fees
    expect(host.action_transfer).to.equal(
      action_transfer.send_not_sir + action_create_account.send_not_sir + action_add_full_access_key.send_not_sir,
    )
  })

  it('refuses an empty method, a bad account and a bad key', () => {
    expect(failure([create, ['promise_batch_action_function_call', 0, 0, 9, 2, 11, 13, 0]], data)).to.equal(
      'Tried to call an empty method name.',
    )
    expect(failure([['promise_batch_create', 3, 0]], bytes('A.b'))).to.equal('VM Logic returned an invalid account id')
    const { error, host } = charged([create, ['promise_batch_action_delete_key', 0, 5, 0]], data)
    expect(error?.text).to.equal('VM Logic provided an invalid public key')
    expect(host.action_delete_key).to.equal(fees.action_delete_key.send_not_sir)
  })

  it('splits the method names of a key at commas and charges each with one byte more', () => {
    const key = [0, ...Array<number>(32).fill(1)]
    const all = [...data, ...key, ...bytes('go,stop')]
    const add: [string, ...number[]] = [
      'promise_batch_action_add_key_with_function_call',
      0,
      33,
      45,
      0,
      29,
      9,
      0,
      7,
      78,
    ]
    const { receipts, host } = charged([create, add], all)
    expect(receipts[0]!.actions[0]).to.deep.include({
      allowance: null,
      methodNames: ['go', 'stop'],
      receiverId: 'dave.near',
    })
    expect(host.action_add_function_call_key_per_byte).to.equal(
      8n * fees.action_add_function_call_key_per_byte.send_not_sir,
    )
  })

  it('hands out results, failures and what is not ready', () => {
    const promiseResults = [
      { kind: 'failed' as const },
      { kind: 'notReady' as const },
      { kind: 'successful' as const, value: Uint8Array.of(7) },
    ]
    // Traps unless the answer is the expected one.
    const answers = (index: number, answer: number): TestModule => ({
      imports: ['promise_result'],
      functions: [
        { export: 'main', code: [...i64(index), ...i64(1), ...call(0), ...i64(answer), 0x52, 0x04, EMPTY, 0x00, END] },
      ],
    })
    for (const [index, answer] of [2, 0, 1].entries()) {
      expect(runModule(answers(index, answer), { context: { promiseResults } }).error).to.equal(null)
    }
    expect(failure([['promise_result', 3, 0]], [], { context: { promiseResults } })).to.match(/promise result index: 3/)
  })

  it('stops at 1,024 promises', () => {
    const loop = [...i64(9), ...i64(0), ...call(0), DROP]
    const body = [0x03, EMPTY, ...loop, 0x20, 0, ...i32(1), 0x6b, 0x22, 0, 0x0d, 0, END]
    const parts = (turns: number): TestModule => ({
      imports: ['promise_batch_create'],
      functions: [{ export: 'main', locals: [I32], code: [...i32(turns), 0x21, 0, ...body] }],
      data: [{ at: 0, bytes: data }],
    })
    const context = { prepaidGas: 1000n * TGAS }
    expect(runModule(parts(1024), { context }).error).to.equal(null)
    expect(runModule(parts(1025), { context }).error?.text).to.equal(
      'The number of promises within a FunctionCall 1025 exceeds the limit 1024',
    )
  })
})

describe('context functions', () => {
  it('answers who, when and how much', () => {
    expect(register([['predecessor_account_id', 1]])).to.deep.equal(Uint8Array.from(bytes('carol.near')))
    expect(register([['signer_account_id', 1]])).to.deep.equal(Uint8Array.from(bytes('bob.near')))
    expect(register([['random_seed', 1]])).to.deep.equal(new Uint8Array(32).fill(3))
    const word = ({ return: result }: ReturnType<typeof charged>) =>
      result.kind === 'value' ? new DataView(result.value.buffer, result.value.byteOffset).getBigUint64(0, true) : -1n
    expect(
      word(
        charged([
          ['account_balance', 0],
          ['value_return', 16, 0],
        ]),
      ),
    ).to.equal(100n)
    expect(
      word(
        charged([
          ['attached_deposit', 0],
          ['value_return', 16, 0],
        ]),
      ),
    ).to.equal(2n)
    expect(
      word(
        charged([
          ['account_locked_balance', 0],
          ['value_return', 16, 0],
        ]),
      ),
    ).to.equal(5n)
  })

  it('refuses a view what only a transaction has', () => {
    for (const name of ['signer_account_id', 'signer_account_pk', 'predecessor_account_id', 'refund_to_account_id']) {
      expect(failure([[name, 1]], [], { context: { isView: true } })).to.equal(`${name} is not allowed in view calls`)
    }
    for (const name of ['prepaid_gas', 'used_gas']) {
      expect(failure([[name]], [], { context: { isView: true } })).to.equal(`${name} is not allowed in view calls`)
    }
    expect(
      failure([['attached_deposit', 0], ['random_seed', 1], ['block_index']], [], { context: { isView: true } }),
    ).to.equal(undefined)
  })
})

describe('what is not there yet', () => {
  it('links, and fails with a plain sentence', () => {
    expect(failure([['promise_batch_action_use_global_contract', 0, 0, 0]])).to.equal(
      'Host function promise_batch_action_use_global_contract is not supported by the embedded chain yet',
    )
  })

  it('is the only thing missing from protocol 86: every import has NEAR’s type', () => {
    expect(Object.values(HOST_FUNCTIONS).filter(({ flag }) => flag !== 'sha3_host_fns')).to.have.length(89)
  })
})

describe('touchedTrieNodes', () => {
  const keys = ['00aa', '0901', '0902', '0902ff', '0a'].sort()
  it('visits leaf, branches and extensions as NEAR’s trie lays them out', () => {
    expect(touchedTrieNodes([], '00')).to.equal(0)
    expect(touchedTrieNodes(['00'], '00')).to.equal(2) // the leaf and its value
    expect(touchedTrieNodes(['00'], '01')).to.equal(1)
    // extension 0, branch 0|9|a, leaf
    expect(touchedTrieNodes(keys, '00aa')).to.equal(4)
    // extension 0, branch, extension 0, branch 1|2, branch with value
    expect(touchedTrieNodes(keys, '0902')).to.equal(6)
    expect(touchedTrieNodes(keys, '0902ff')).to.equal(7)
    expect(touchedTrieNodes(keys, '0903')).to.equal(4)
    expect(touchedTrieNodes(keys, '10')).to.equal(1)
  })
})
