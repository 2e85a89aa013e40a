/**
 * What the bridge's signers sign, as EIP-712 typed data: one struct for each purpose, so that a signature for one never
 * serves for another. The EVM contracts, the NEAR contract and the signers hash by these few lines; vectors:
 * test/fixtures/vectors/bridge.json. Source: EIP-712 "Definition of hashStruct" and "encodeData".
 */
import { concatBytes, fromHex, type Hash, type HashHex, invalidEncoding, toHex, u64be, utf8 } from './bytes.ts'

/** Twenty bytes of an EVM address as 40 lower-case hex digits, without 0x. */
export type EvmAddressHex = string

/** Which way a transfer goes. On the wire of EIP-712 the uint8 `direction`: 0 and 1. */
export const DIRECTIONS = ['near-evm', 'evm-near'] as const
export type Direction = (typeof DIRECTIONS)[number]

/** What keeps signatures of different deployments apart. */
export interface BridgeDomain {
  /** Of the EVM chain (EIP-155), decimal. */
  chainId: string
  /** BlyBridge. */
  verifyingContract: EvmAddressHex
  /** Names the NEAR side: `bridgeSalt`. */
  salt: HashHex
}

/** BLY was locked on NEAR and may be minted. */
export interface LockPayload {
  /** Decimal u64, counted by NEAR's bridge from 0. */
  nonce: string
  /** Decimal u64 of the signer set. */
  epoch: string
  /** Id of the NEAR receipt that logged the lock, as 32 bytes. */
  source: HashHex
  receiver: EvmAddressHex
  /** attoBLY, decimal u128. */
  amount: string
}

/** BLY was burned on EVM and may be unlocked. */
export interface BurnPayload {
  /** Decimal u64, counted by BlyBridge from 0. */
  nonce: string
  epoch: string
  /** Hash of the EVM transaction. */
  source: HashHex
  /** A NEAR account id. */
  receiver: string
  /** attoBLY, decimal u128. */
  amount: string
}

/** A NEAR account says where its rewards on EVM go. */
export interface LinkPayload {
  /** Decimal u64, counted by NEAR's bridge from 0; a later link replaces an earlier one. */
  nonce: string
  epoch: string
  account: string
  evm: EvmAddressHex
}

/** The receipts up to `size`, all of them vested. */
export interface AnchorPayload {
  epoch: string
  /** How many receipts, decimal u64. */
  size: string
  /** `mmrRoot` of them. */
  root: HashHex
  /** `taintedRoot` of the indices among them whose work was proven false later. */
  tainted: HashHex
}

/** The next set of signers. */
export interface RotatePayload {
  /** The epoch that begins, one more than the last. */
  epoch: string
  /** Strictly ascending. */
  signers: readonly EvmAddressHex[]
  k: number
  /** Unix seconds, decimal u64: here the new epoch begins and the old one ends, on both chains. */
  validFrom: string
}

/** A delayed transfer was stopped where it should have been paid out; its sender gets it back. */
export interface VetoPayload {
  nonce: string
  epoch: string
  direction: Direction
}

/** The bridge stops for 72 hours once more. */
export interface PausePayload {
  /** How many pauses went before on the chain meant, decimal u64. */
  nonce: string
  epoch: string
  /** Which chain stops: the one that `direction` pays out on. */
  direction: Direction
}

/** The structs as EIP-712 writes them; a field's order is part of its hash. */
export const BRIDGE_TYPES = {
  lock: 'Lock(uint64 nonce,uint64 epoch,bytes32 source,address receiver,uint256 amount)',
  burn: 'Burn(uint64 nonce,uint64 epoch,bytes32 source,string receiver,uint256 amount)',
  link: 'Link(uint64 nonce,uint64 epoch,string account,address evm)',
  anchor: 'Anchor(uint64 epoch,uint64 size,bytes32 root,bytes32 tainted)',
  rotate: 'Rotate(uint64 epoch,address[] signers,uint8 k,uint64 validFrom)',
  veto: 'Veto(uint64 nonce,uint64 epoch,uint8 direction)',
  pause: 'Pause(uint64 nonce,uint64 epoch,uint8 direction)',
} as const

const DOMAIN_TYPE = 'EIP712Domain(string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)'
const SALT_TAG = 'BlyBridge/near/1'
const U256_BYTES = 32

/**
 * The domain's salt: keccak256 of tag, NEAR chain id, genesis hash and bridge account, each with its length as u32. A network
 * that restarts or forks has another genesis, so nothing signed before counts on it.
 */
export function bridgeSalt(
  keccak: Hash,
  { chainId, genesisHash, account }: { chainId: string; genesisHash: HashHex; account: string },
): HashHex {
  const parts = [utf8(SALT_TAG), utf8(chainId), bytes32(genesisHash), utf8(account)]
  return toHex(keccak(concatBytes(...parts.flatMap((part) => [lengthOf(part), part]))))
}

/** EIP-712's domain separator. */
export function domainSeparator(keccak: Hash, { chainId, verifyingContract, salt }: BridgeDomain): HashHex {
  return hashFields(keccak, DOMAIN_TYPE, [
    keccak(utf8('BlyBridge')),
    keccak(utf8('1')),
    uint256(chainId),
    address(verifyingContract),
    bytes32(salt),
  ])
}

export function hashLock(keccak: Hash, p: LockPayload): HashHex {
  const fields = [uint64(p.nonce), uint64(p.epoch), bytes32(p.source), address(p.receiver), uint256(p.amount)]
  return hashFields(keccak, BRIDGE_TYPES.lock, fields)
}

export function hashBurn(keccak: Hash, p: BurnPayload): HashHex {
  const receiver = keccak(utf8(p.receiver))
  const fields = [uint64(p.nonce), uint64(p.epoch), bytes32(p.source), receiver, uint256(p.amount)]
  return hashFields(keccak, BRIDGE_TYPES.burn, fields)
}

export function hashLink(keccak: Hash, p: LinkPayload): HashHex {
  const fields = [uint64(p.nonce), uint64(p.epoch), keccak(utf8(p.account)), address(p.evm)]
  return hashFields(keccak, BRIDGE_TYPES.link, fields)
}

export function hashAnchor(keccak: Hash, p: AnchorPayload): HashHex {
  return hashFields(keccak, BRIDGE_TYPES.anchor, [uint64(p.epoch), uint64(p.size), bytes32(p.root), bytes32(p.tainted)])
}

export function hashRotate(keccak: Hash, p: RotatePayload): HashHex {
  const signers = keccak(concatBytes(...p.signers.map(address)))
  return hashFields(keccak, BRIDGE_TYPES.rotate, [uint64(p.epoch), signers, uint8(p.k), uint64(p.validFrom)])
}

export function hashVeto(keccak: Hash, p: VetoPayload): HashHex {
  return hashFields(keccak, BRIDGE_TYPES.veto, [uint64(p.nonce), uint64(p.epoch), direction(p.direction)])
}

export function hashPause(keccak: Hash, p: PausePayload): HashHex {
  return hashFields(keccak, BRIDGE_TYPES.pause, [uint64(p.nonce), uint64(p.epoch), direction(p.direction)])
}

/** What is signed: keccak256(0x1901 ‖ domain separator ‖ struct hash). */
export function typedDigest(keccak: Hash, separator: HashHex, structHash: HashHex): HashHex {
  return toHex(keccak(concatBytes(PREFIX, bytes32(separator), bytes32(structHash))))
}

const PREFIX = new Uint8Array([0x19, 0x01])

/**
 * The address in `text`: 0x and 40 hex digits, all of one case or with EIP-55's checksum right. Null when it is none, or zero.
 * @example parseEvmAddress(keccak, '0x52908400098527886E0F7030069857D2E4169EE7') // '52908400098527886e0f7030069857d2e4169ee7'
 */
export function parseEvmAddress(keccak: Hash, text: unknown): EvmAddressHex | null {
  if (typeof text !== 'string' || !EVM_ADDRESS.test(text)) return null
  const digits = text.slice(2)
  const lower = digits.toLowerCase()
  if (lower === ZERO_ADDRESS) return null
  if (digits === lower || digits === digits.toUpperCase()) return lower
  return digits === checksummed(keccak, lower) ? lower : null
}

/** EIP-55 writing of an address, with 0x. */
export function formatEvmAddress(keccak: Hash, lower: EvmAddressHex): string {
  return `0x${checksummed(keccak, lower)}`
}

/** The address of an uncompressed public key of 64 bytes, as `ecrecover` gives it. */
export function evmAddressOf(keccak: Hash, publicKey: Uint8Array): EvmAddressHex {
  return toHex(keccak(publicKey)).slice(24)
}

const EVM_ADDRESS = /^0x[0-9a-fA-F]{40}$/
const ADDRESS_HEX = /^[0-9a-f]{40}$/
const ZERO_ADDRESS = '0000000000000000000000000000000000000000'

function checksummed(keccak: Hash, lower: EvmAddressHex): string {
  const hash = toHex(keccak(utf8(lower)))
  let text = ''
  for (let i = 0; i < 40; i++) text += hash[i] >= '8' ? lower[i].toUpperCase() : lower[i]
  return text
}

function hashFields(keccak: Hash, type: string, fields: readonly Uint8Array[]): HashHex {
  return toHex(keccak(concatBytes(keccak(utf8(type)), ...fields)))
}

function word(bytes: Uint8Array): Uint8Array {
  const padded = new Uint8Array(U256_BYTES)
  padded.set(bytes, U256_BYTES - bytes.length)
  return padded
}

function uint64(decimal: string): Uint8Array {
  return word(u64be(unsigned(decimal)))
}

function uint256(decimal: string): Uint8Array {
  const value = unsigned(decimal)
  if (value >> 256n !== 0n) invalidEncoding(`${decimal} is no uint256`)
  return fromHex(value.toString(16).padStart(64, '0'))
}

function uint8(value: number): Uint8Array {
  if (!(value >= 0 && value <= 255 && Math.floor(value) === value)) invalidEncoding(`${value} is no uint8`)
  return word(new Uint8Array([value]))
}

function direction(name: Direction): Uint8Array {
  const at = DIRECTIONS.indexOf(name)
  return at < 0 ? invalidEncoding(`'${name}' is no direction`) : uint8(at)
}

function address(lower: EvmAddressHex): Uint8Array {
  if (!ADDRESS_HEX.test(lower)) invalidEncoding('an address is not 40 lower-case hex digits')
  return word(fromHex(lower))
}

function bytes32(hex: HashHex): Uint8Array {
  if (hex.length !== 64) invalidEncoding(`a hash has ${hex.length} hex digits, not 64`)
  return fromHex(hex)
}

function lengthOf(bytes: Uint8Array): Uint8Array {
  return u64be(BigInt(bytes.length)).slice(4)
}

/** Digits only, without leading zeros: one number has one text. */
function unsigned(decimal: string): bigint {
  if (!/^(?:0|[1-9]\d{0,77})$/.test(decimal)) invalidEncoding(`'${decimal}' is no decimal unsigned integer`)
  return BigInt(decimal)
}
