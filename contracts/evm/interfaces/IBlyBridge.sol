// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {Lock, Pause, Rotate, Veto} from "../lib/BridgeTypedData.sol";
import {IBlyToken} from "./IBlyToken.sol";

/// @title The EVM side of the bridge between NEAR and EVM
/// @notice Mints what k of n signers attest as locked on NEAR, burns what is to be unlocked there. It is worth as much as
/// those k signers: what a corrupt k could take before the guardian acts is bounded by the hourly limit.
/// @dev Amounts are attoBLY, times Unix seconds. Nobody owns, upgrades or rescues; the guardian can only stop things.
interface IBlyBridge {
    /// @notice What a transfer from NEAR has come to.
    /// @dev Paid says that it was minted; what is minted at once leaves no receiver and amount here, but the event.
    enum TransferState {
        None,
        Delayed,
        Queued,
        Vetoed,
        Paid
    }

    /// @param salt keccak256 that names the NEAR chain, its genesis and its bridge account
    /// @param guardian may veto, pause once and end a pause; never replaced
    /// @param signers of epoch 1, strictly ascending; k of them authorise
    /// @param minAmount least of one transfer; the most is half of hourlyLimit
    /// @param hourlyLimit what no 3,600 s exceed in mints and refunds
    /// @param largeAmount from here on a mint waits vetoDelay
    /// @param rotationDelay least time between scheduling an epoch and its beginning
    struct Config {
        bytes32 salt;
        address guardian;
        address[] signers;
        uint8 k;
        uint128 minAmount;
        uint128 hourlyLimit;
        uint128 largeAmount;
        uint64 vetoDelay;
        uint64 rotationDelay;
    }

    /// @notice One epoch's signers.
    struct SignerSet {
        address[] signers;
        uint8 k;
        uint64 validFrom;
    }

    /// @notice A transfer from NEAR; receiver and amount are zero where it never had to wait.
    struct Transfer {
        TransferState state;
        address receiver;
        uint256 amount;
        uint64 readyAt;
    }

    /// @notice A transfer to NEAR.
    struct BurnRecord {
        address burner;
        uint256 amount;
        bool refunded;
    }

    /// @notice Sums over the contract's life: supply = minted + refundedMinted − burned, and minted ≤ attested.
    /// @param burns how many burns there were: the nonce of the next one
    struct Totals {
        uint256 attested;
        uint256 minted;
        uint256 refundedMinted;
        uint256 burned;
        uint64 burns;
    }

    /// @notice What bounds transfers, and what is left of it now.
    struct Limits {
        uint256 capacityLeft;
        uint256 queueLength;
        uint64 pausedUntil;
        uint256 minAmount;
        uint256 maxAmount;
        uint256 hourlyLimit;
        uint256 largeAmount;
        uint64 vetoDelay;
        uint64 rotationDelay;
    }

    /// @param until when the pause ends by itself
    /// @param pauses how many there were: the nonce of the next one by signatures
    /// @param guardianMayPause whether the guardian's one pause is unspent
    struct PauseStatus {
        uint64 until;
        uint64 pauses;
        bool guardianMayPause;
    }

    /// @notice `amount` was burned by `sender` for `receiver` on NEAR.
    event Burned(uint64 indexed nonce, address indexed sender, string receiver, uint256 amount);
    /// @notice What NEAR's receipt `source` locked was minted.
    event Minted(uint64 indexed nonce, address indexed receiver, uint256 amount, bytes32 source);
    /// @notice An attested transfer waits for capacity behind `position` others.
    event Queued(uint64 indexed nonce, address indexed receiver, uint256 amount, uint256 position);
    /// @notice A large attested transfer waits until `readyAt`, in which the guardian may veto.
    event Delayed(uint64 indexed nonce, address indexed receiver, uint256 amount, uint64 readyAt);
    /// @notice The transfer of this nonce is never minted here; its sender is refunded on NEAR.
    event Vetoed(uint64 indexed nonce);
    /// @notice The burn of this nonce was vetoed on NEAR and minted back to its burner.
    event Refunded(uint64 indexed nonce, address indexed receiver, uint256 amount);
    /// @notice The refund of this burn waits for capacity behind `position` others.
    event RefundQueued(uint64 indexed nonce, address indexed receiver, uint256 amount, uint256 position);
    /// @notice From `validFrom` on these sign.
    event RotationScheduled(uint64 indexed epoch, address[] signers, uint8 k, uint64 validFrom);
    /// @notice The scheduled epoch never begins.
    /// @param digest of the rotation, which is refused from now on
    event RotationVetoed(uint64 indexed epoch, bytes32 digest);
    /// @notice The bridge stands still until `until`; the how manieth pause it is, from 1.
    event Paused(uint64 until, uint64 number);
    /// @notice The guardian ended a pause early.
    event Unpaused();

    /// @notice The configuration breaks a rule of `Config`.
    error BlyBridgeConfigInvalid();
    error BlyBridgePaused(uint64 until);
    error BlyBridgeNotPaused();
    error BlyBridgeNotGuardian(address caller);
    error BlyBridgeNonceUsed(uint64 nonce);
    error BlyBridgeAmountOutOfRange(uint256 amount, uint256 least, uint256 most);
    error BlyBridgeReceiverZero();
    /// @notice `receiver` is no NEAR account id.
    error BlyBridgeReceiverInvalid(string receiver);
    error BlyBridgeNotDelayed(uint64 nonce, TransferState state);
    /// @notice Only what is delayed or queued can be stopped.
    error BlyBridgeNotWaiting(uint64 nonce, TransferState state);
    error BlyBridgeDelayRunning(uint64 nonce, uint64 readyAt);
    error BlyBridgeDirectionWrong(uint8 direction);
    error BlyBridgeBurnUnknown(uint64 nonce);
    error BlyBridgeEpochNotActive(uint64 epoch, uint64 active);
    error BlyBridgeTooFewSignatures(uint256 given, uint256 needed);
    error BlyBridgeTooManySignatures(uint256 given, uint256 signers);
    /// @notice Not 65 bytes, not low-s, v not 27 or 28, or nobody's.
    error BlyBridgeSignatureInvalid(uint256 index);
    /// @notice The signer at `index` does not ascend from the one before: unsorted or doubled.
    error BlyBridgeSignatureUnsorted(uint256 index, address signer);
    error BlyBridgeSignerUnknown(address signer);
    /// @notice Not 1 ≤ k ≤ n ≤ 32 with k > n/2, not ascending, or with the zero address.
    error BlyBridgeSignersInvalid();
    error BlyBridgeEpochNotNext(uint64 epoch, uint64 next);
    error BlyBridgeRotationPending(uint64 epoch);
    error BlyBridgeRotationNotPending();
    error BlyBridgeRotationTooSoon(uint64 validFrom, uint256 earliest);
    /// @notice The guardian vetoed this very rotation.
    error BlyBridgeRotationRefused(bytes32 digest);
    error BlyBridgePauseSpent();
    error BlyBridgePauseNotNext(uint64 nonce, uint64 next);

    /// @notice Accepts an attested lock: mints at once, or delays a large one, or queues what exceeds the limit.
    function mint(Lock calldata lock, bytes[] calldata signatures) external;

    /// @notice Burns the caller's `amount` for `receiver`, a NEAR account id.
    /// @return nonce of the transfer to NEAR
    function burn(uint256 amount, string calldata receiver) external returns (uint64 nonce);

    /// @notice Pays from the head of the queue what capacity allows, `max` transfers at most. Anyone may call.
    /// @return paid how many left the queue, those among them that the guardian stopped unpaid
    function release(uint256 max) external returns (uint256 paid);

    /// @notice Pays, or queues, a delayed transfer whose delay has passed. Anyone may call.
    function releaseDelayed(uint64 nonce) external;

    /// @notice Stops a delayed or queued transfer for ever; the guardian alone, as long as it is not paid.
    function veto(uint64 nonce) external;

    /// @notice Mints a burn back that was vetoed on NEAR, once, under the same limit and queue.
    function refund(Veto calldata vetoed, bytes[] calldata signatures) external;

    /// @notice Schedules the next signers: signed by k of the active ones and by all of the new ones.
    function rotate(Rotate calldata next, bytes[] calldata oldSignatures, bytes[] calldata newSignatures) external;

    /// @notice Takes a scheduled epoch back before it begins; the guardian alone. The same rotation is refused for ever.
    function vetoRotation() external;

    /// @notice Stops mints, burns, releases and refunds for 72 hours; the guardian alone, once.
    function pause() external;

    /// @notice Stops them for 72 hours once more, by k signatures.
    function pauseWith(Pause calldata request, bytes[] calldata signatures) external;

    /// @notice Ends a pause early; the guardian alone.
    function unpause() external;

    /// @notice Reverts unless k or more of the active epoch's signers, and nobody else, signed the struct.
    /// @param structHash EIP-712 hashStruct in this contract's domain
    /// @param epoch as the struct names it; must be the active one
    /// @param signatures 65 bytes r‖s‖v each, ordered by ascending signer
    function requireSignatures(bytes32 structHash, uint64 epoch, bytes[] calldata signatures) external view;

    /// @notice BLY on this chain.
    function token() external view returns (IBlyToken);

    /// @notice Who may veto and pause.
    function guardian() external view returns (address);

    /// @notice EIP-712's domain separator on the present chain id.
    function domainSeparator() external view returns (bytes32);

    /// @notice The epoch whose signatures count now.
    function activeEpoch() external view returns (uint64);

    /// @notice The last scheduled epoch: the active one, or one more while a rotation waits.
    function latestEpoch() external view returns (uint64);

    /// @notice The signers of an epoch, empty where there is none.
    function signersOf(uint64 epoch) external view returns (SignerSet memory);

    /// @notice Whether a transfer from NEAR of this nonce was accepted.
    function isNonceUsed(uint64 nonce) external view returns (bool);

    /// @notice What became of a transfer from NEAR.
    function transferOf(uint64 nonce) external view returns (Transfer memory);

    /// @notice A burn by its nonce.
    function burnOf(uint64 nonce) external view returns (BurnRecord memory);

    /// @notice Sums over the contract's life.
    function totals() external view returns (Totals memory);

    /// @notice Bounds and what is left of them.
    function limits() external view returns (Limits memory);

    /// @notice Whether the bridge stands still, and who may stop it next.
    function pauseStatus() external view returns (PauseStatus memory);
}
