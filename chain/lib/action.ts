/** NEAR's actions and access keys as values, and their borsh. Source: nearcore core/primitives/src/action. */
import { BorshReader, BorshWriter, badBorsh } from './borsh.ts'
import { readPublicKey, readSignature, writePublicKey, writeSignature } from './key.ts'

export interface FunctionCallPermission {
  /** yoctoNEAR left for gas; null is unlimited. */
  allowance: bigint | null
  receiverId: string
  /** Empty allows every method. */
  methodNames: string[]
}

/** `permission: null` is full access. */
export interface AccessKey {
  nonce: bigint
  permission: FunctionCallPermission | null
}

export type GlobalContractId = { codeHash: Uint8Array } | { accountId: string }

export type Action =
  | { kind: 'createAccount' }
  | { kind: 'deployContract'; code: Uint8Array }
  | { kind: 'functionCall'; methodName: string; args: Uint8Array; gas: bigint; deposit: bigint }
  | { kind: 'transfer'; deposit: bigint }
  | { kind: 'stake'; stake: bigint; publicKey: string }
  | { kind: 'addKey'; publicKey: string; accessKey: AccessKey }
  | { kind: 'deleteKey'; publicKey: string }
  | { kind: 'deleteAccount'; beneficiaryId: string }
  | { kind: 'delegate'; delegate: DelegateAction; signature: string }
  | { kind: 'deployGlobalContract'; code: Uint8Array; byAccount: boolean }
  | { kind: 'useGlobalContract'; id: GlobalContractId }

export type ActionKind = Action['kind']

/** NEP-366: what a relayer carries. */
export interface DelegateAction {
  senderId: string
  receiverId: string
  actions: Action[]
  nonce: bigint
  maxBlockHeight: bigint
  publicKey: string
}

const TAGS: readonly ActionKind[] = [
  'createAccount',
  'deployContract',
  'functionCall',
  'transfer',
  'stake',
  'addKey',
  'deleteKey',
  'deleteAccount',
  'delegate',
  'deployGlobalContract',
  'useGlobalContract',
]

export function writeAccessKey(writer: BorshWriter, { nonce, permission }: AccessKey): void {
  writer.u64(nonce)
  if (permission === null) {
    writer.u8(1)
    return
  }
  writer.u8(0)
  writer.option(permission.allowance, (value) => writer.u128(value))
  writer.string(permission.receiverId)
  writer.vec(permission.methodNames, (name) => writer.string(name))
}

export function readAccessKey(reader: BorshReader): AccessKey {
  const nonce = reader.u64()
  const tag = reader.u8()
  if (tag === 1) return { nonce, permission: null }
  if (tag !== 0) throw badBorsh(`Access key permission ${tag} is not supported; 0 and 1 are.`)
  const allowance = reader.option(() => reader.u128())
  return {
    nonce,
    permission: { allowance, receiverId: reader.string(), methodNames: reader.vec(() => reader.string()) },
  }
}

export function writeAction(writer: BorshWriter, action: Action): void {
  writer.u8(TAGS.indexOf(action.kind))
  switch (action.kind) {
    case 'createAccount':
      return
    case 'deployContract':
      writer.bytes(action.code)
      return
    case 'functionCall':
      writer.string(action.methodName).bytes(action.args).u64(action.gas).u128(action.deposit)
      return
    case 'transfer':
      writer.u128(action.deposit)
      return
    case 'stake':
      writer.u128(action.stake)
      writePublicKey(writer, action.publicKey)
      return
    case 'addKey':
      writePublicKey(writer, action.publicKey)
      writeAccessKey(writer, action.accessKey)
      return
    case 'deleteKey':
      writePublicKey(writer, action.publicKey)
      return
    case 'deleteAccount':
      writer.string(action.beneficiaryId)
      return
    case 'delegate':
      writeDelegateAction(writer, action.delegate)
      writeSignature(writer, action.signature)
      return
    case 'deployGlobalContract':
      writer.bytes(action.code).u8(action.byAccount ? 1 : 0)
      return
    case 'useGlobalContract':
      if ('codeHash' in action.id) writer.u8(0).fixed(action.id.codeHash)
      else writer.u8(1).string(action.id.accountId)
      return
    default:
      action satisfies never
  }
}

/** @param nested inside a delegate, where another one is refused before it is read */
export function readAction(reader: BorshReader, nested = false): Action {
  const tag = reader.u8()
  const kind = TAGS[tag]
  if (nested && kind === 'delegate') throw badBorsh('DelegateAction mustn’t contain a nested one.')
  switch (kind) {
    case 'createAccount':
      return { kind }
    case 'deployContract':
      return { kind, code: reader.bytes() }
    case 'functionCall':
      return { kind, methodName: reader.string(), args: reader.bytes(), gas: reader.u64(), deposit: reader.u128() }
    case 'transfer':
      return { kind, deposit: reader.u128() }
    case 'stake':
      return { kind, stake: reader.u128(), publicKey: readPublicKey(reader) }
    case 'addKey':
      return { kind, publicKey: readPublicKey(reader), accessKey: readAccessKey(reader) }
    case 'deleteKey':
      return { kind, publicKey: readPublicKey(reader) }
    case 'deleteAccount':
      return { kind, beneficiaryId: reader.string() }
    case 'delegate':
      return { kind, delegate: readDelegateAction(reader), signature: readSignature(reader) }
    case 'deployGlobalContract':
      return { kind, code: reader.bytes(), byAccount: reader.u8() === 1 }
    case 'useGlobalContract':
      return { kind, id: reader.u8() === 0 ? { codeHash: reader.fixed(32) } : { accountId: reader.string() } }
    default:
      throw badBorsh(`Unexpected variant index: ${tag}`)
  }
}

export function writeDelegateAction(writer: BorshWriter, delegate: DelegateAction): void {
  writer.string(delegate.senderId).string(delegate.receiverId)
  writer.vec(delegate.actions, (action) => writeAction(writer, action))
  writer.u64(delegate.nonce).u64(delegate.maxBlockHeight)
  writePublicKey(writer, delegate.publicKey)
}

export function readDelegateAction(reader: BorshReader): DelegateAction {
  return {
    senderId: reader.string(),
    receiverId: reader.string(),
    actions: reader.vec(() => readAction(reader, true)),
    nonce: reader.u64(),
    maxBlockHeight: reader.u64(),
    publicKey: readPublicKey(reader),
  }
}

export function encodeAccessKey(key: AccessKey): Uint8Array {
  const writer = new BorshWriter()
  writeAccessKey(writer, key)
  return writer.finish()
}

export const decodeAccessKey = (bytes: Uint8Array): AccessKey => readAccessKey(new BorshReader(bytes))
