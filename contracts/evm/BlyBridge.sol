// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BitMaps} from "@openzeppelin/contracts/utils/structs/BitMaps.sol";
import {DoubleEndedQueue} from "@openzeppelin/contracts/utils/structs/DoubleEndedQueue.sol";

import {BlyToken} from "./BlyToken.sol";
import {TimedPause} from "./bridge/TimedPause.sol";
import {SignerEpochs} from "./bridge/SignerEpochs.sol";
import {IBlyBridge} from "./interfaces/IBlyBridge.sol";
import {IBlyToken} from "./interfaces/IBlyToken.sol";
import {BridgeTypedData, Lock, Veto} from "./lib/BridgeTypedData.sol";
import {NearAccountId} from "./lib/NearAccountId.sol";
import {SlidingLimit} from "./lib/SlidingLimit.sol";

/// @title The EVM side of the bridge between NEAR and EVM
/// @dev Invariants: minted ≤ attested; supply = minted + refundedMinted − burned; what 3,600 s pay out ≤ hourlyLimit; the
/// queue is first in, first out. The only contract called is the token, which calls nobody, so nothing is re-entered.
contract BlyBridge is TimedPause {
    using BitMaps for BitMaps.BitMap;
    using DoubleEndedQueue for DoubleEndedQueue.Bytes32Deque;
    using SlidingLimit for SlidingLimit.Bucket;

    /// A transfer from NEAR that was not minted at once.
    struct Waiting {
        address receiver;
        uint96 amount;
        bytes32 source;
        TransferState state;
        uint64 readyAt;
    }

    /// Payload direction of what is paid out on NEAR.
    uint8 private constant EVM_TO_NEAR = 1;
    /// Set in a queue entry that is a refund; the lower 64 bits are the nonce.
    uint256 private constant REFUND_FLAG = 1 << 64;

    /// @inheritdoc IBlyBridge
    IBlyToken public immutable token;

    uint128 private immutable _minAmount;
    /// Most of one transfer, and what the limit's bucket holds: half of the hourly limit.
    uint128 private immutable _maxAmount;
    uint128 private immutable _hourlyLimit;
    uint128 private immutable _largeAmount;
    uint64 private immutable _vetoDelay;

    // In the slot of `_pausedUntil`, which a burn reads anyway.
    uint64 private _burns;
    uint128 private _burned;
    uint128 private _attested;
    uint128 private _minted;
    uint128 private _refundedMinted;
    SlidingLimit.Bucket private _bucket;
    DoubleEndedQueue.Bytes32Deque private _queue;
    BitMaps.BitMap private _usedNonces;
    BitMaps.BitMap private _refundedBurns;
    mapping(uint64 nonce => Waiting) private _waiting;
    /// amount << 160 | burner: one write, where a struct of the two takes two.
    mapping(uint64 nonce => uint256) private _burnt;

    constructor(Config memory config) SignerEpochs(config) {
        uint128 most = config.hourlyLimit / 2;
        // Records hold amounts in 96 bits: 79 times the whole supply of 10²⁷ attoBLY.
        bool fits = most <= type(uint96).max;
        if (config.minAmount == 0 || config.minAmount > most || !fits) revert BlyBridgeConfigInvalid();
        token = new BlyToken();
        _minAmount = config.minAmount;
        _maxAmount = most;
        _hourlyLimit = config.hourlyLimit;
        _largeAmount = config.largeAmount;
        _vetoDelay = config.vetoDelay;
    }

    /// @inheritdoc IBlyBridge
    function mint(Lock calldata lock, bytes[] calldata signatures) external whenRunning {
        _requireSignatures(BridgeTypedData.hashLock(lock), lock.epoch, signatures);
        _requireAmount(lock.amount);
        if (lock.receiver == address(0)) revert BlyBridgeReceiverZero();
        if (_usedNonces.get(lock.nonce)) revert BlyBridgeNonceUsed(lock.nonce);
        _usedNonces.set(lock.nonce);
        _attested += uint128(lock.amount);

        if (lock.amount >= _largeAmount) {
            uint64 readyAt = uint64(block.timestamp) + _vetoDelay;
            _keep(lock, TransferState.Delayed, readyAt);
            emit Delayed(lock.nonce, lock.receiver, lock.amount, readyAt);
        } else if (_mayPayNow(lock.amount)) {
            _payMint(lock.nonce, lock.receiver, lock.amount, lock.source);
        } else {
            _keep(lock, TransferState.Queued, 0);
            emit Queued(lock.nonce, lock.receiver, lock.amount, _enqueue(lock.nonce));
        }
    }

    /// @inheritdoc IBlyBridge
    function burn(uint256 amount, string calldata receiver) external whenRunning returns (uint64 nonce) {
        _requireAmount(amount);
        if (!NearAccountId.isValid(receiver)) revert BlyBridgeReceiverInvalid(receiver);
        uint128 burned = _burned + uint128(amount);
        nonce = _burns;
        // Side by side, so that one word is written once.
        (_burns, _burned) = (nonce + 1, burned);
        _burnt[nonce] = (amount << 160) | uint160(msg.sender);
        emit Burned(nonce, msg.sender, receiver, amount);
        token.burn(msg.sender, amount);
    }

    /// @inheritdoc IBlyBridge
    function release(uint256 max) external whenRunning returns (uint256 paid) {
        // PERF: about 60k gas a transfer paid; the caller bounds it by `max`.
        while (paid < max && !_queue.empty() && _payHead()) ++paid;
    }

    /// @inheritdoc IBlyBridge
    function releaseDelayed(uint64 nonce) external whenRunning {
        Waiting storage waiting = _requireDelayed(nonce);
        if (block.timestamp < waiting.readyAt) revert BlyBridgeDelayRunning(nonce, waiting.readyAt);
        uint256 amount = waiting.amount;
        if (_mayPayNow(amount)) {
            waiting.state = TransferState.Paid;
            _payMint(nonce, waiting.receiver, amount, waiting.source);
        } else {
            waiting.state = TransferState.Queued;
            emit Queued(nonce, waiting.receiver, amount, _enqueue(nonce));
        }
    }

    /// @inheritdoc IBlyBridge
    function veto(uint64 nonce) external onlyGuardian {
        Waiting storage waiting = _waiting[nonce];
        TransferState state = waiting.state;
        bool waits = state == TransferState.Delayed || state == TransferState.Queued;
        if (!waits) revert BlyBridgeNotWaiting(nonce, state);
        waiting.state = TransferState.Vetoed;
        emit Vetoed(nonce);
    }

    /// @inheritdoc IBlyBridge
    function refund(Veto calldata vetoed, bytes[] calldata signatures) external whenRunning {
        if (vetoed.direction != EVM_TO_NEAR) revert BlyBridgeDirectionWrong(vetoed.direction);
        _requireSignatures(BridgeTypedData.hashVeto(vetoed), vetoed.epoch, signatures);
        uint64 nonce = vetoed.nonce;
        if (nonce >= _burns) revert BlyBridgeBurnUnknown(nonce);
        if (_refundedBurns.get(nonce)) revert BlyBridgeNonceUsed(nonce);
        _refundedBurns.set(nonce);

        (address burner, uint256 amount) = _burntOf(nonce);
        if (_mayPayNow(amount)) _payRefund(nonce, burner, amount);
        else emit RefundQueued(nonce, burner, amount, _enqueue(REFUND_FLAG | nonce));
    }

    /// @inheritdoc IBlyBridge
    function isNonceUsed(uint64 nonce) external view returns (bool) {
        return _usedNonces.get(nonce);
    }

    /// @inheritdoc IBlyBridge
    function transferOf(uint64 nonce) external view returns (Transfer memory) {
        Waiting storage waiting = _waiting[nonce];
        bool paidAtOnce = waiting.state == TransferState.None && _usedNonces.get(nonce);
        TransferState state = paidAtOnce ? TransferState.Paid : waiting.state;
        return Transfer(state, waiting.receiver, waiting.amount, waiting.readyAt);
    }

    /// @inheritdoc IBlyBridge
    function burnOf(uint64 nonce) external view returns (BurnRecord memory) {
        (address burner, uint256 amount) = _burntOf(nonce);
        return BurnRecord(burner, amount, _refundedBurns.get(nonce));
    }

    /// @inheritdoc IBlyBridge
    function totals() external view returns (Totals memory) {
        return Totals(_attested, _minted, _refundedMinted, _burned, _burns);
    }

    /// @inheritdoc IBlyBridge
    function limits() external view returns (Limits memory) {
        return Limits({
            capacityLeft: _bucket.left(_maxAmount),
            queueLength: _queue.length(),
            pausedUntil: pauseStatus().until,
            minAmount: _minAmount,
            maxAmount: _maxAmount,
            hourlyLimit: _hourlyLimit,
            largeAmount: _largeAmount,
            vetoDelay: _vetoDelay,
            rotationDelay: _rotationDelay
        });
    }

    function _requireAmount(uint256 amount) private view {
        if (amount < _minAmount || amount > _maxAmount) {
            revert BlyBridgeAmountOutOfRange(amount, _minAmount, _maxAmount);
        }
    }

    function _requireDelayed(uint64 nonce) private view returns (Waiting storage waiting) {
        waiting = _waiting[nonce];
        if (waiting.state != TransferState.Delayed) revert BlyBridgeNotDelayed(nonce, waiting.state);
    }

    function _keep(Lock calldata lock, TransferState state, uint64 readyAt) private {
        _waiting[lock.nonce] = Waiting(lock.receiver, uint96(lock.amount), lock.source, state, readyAt);
    }

    /// @return how many wait before it
    function _enqueue(uint256 entry) private returns (uint256) {
        _queue.pushBack(bytes32(entry));
        return _queue.length() - 1;
    }

    /// Takes from the limit, unless others wait.
    function _mayPayNow(uint256 amount) private returns (bool) {
        return _queue.empty() && _bucket.take(_maxAmount, amount);
    }

    /// @return whether the head left the queue: paid, or stopped by the guardian
    function _payHead() private returns (bool) {
        uint256 entry = uint256(_queue.front());
        uint64 nonce = uint64(entry);
        if (entry & REFUND_FLAG != 0) {
            (address burner, uint256 amount) = _burntOf(nonce);
            if (!_bucket.take(_maxAmount, amount)) return false;
            _queue.popFront();
            _payRefund(nonce, burner, amount);
        } else {
            Waiting storage waiting = _waiting[nonce];
            bool stopped = waiting.state == TransferState.Vetoed;
            if (!stopped && !_bucket.take(_maxAmount, waiting.amount)) return false;
            _queue.popFront();
            if (stopped) return true;
            waiting.state = TransferState.Paid;
            _payMint(nonce, waiting.receiver, waiting.amount, waiting.source);
        }
        return true;
    }

    function _payMint(uint64 nonce, address receiver, uint256 amount, bytes32 source) private {
        _minted += uint128(amount);
        assert(_minted <= _attested);
        emit Minted(nonce, receiver, amount, source);
        token.mint(receiver, amount);
    }

    function _payRefund(uint64 nonce, address burner, uint256 amount) private {
        _refundedMinted += uint128(amount);
        assert(_refundedMinted <= _burned);
        emit Refunded(nonce, burner, amount);
        token.mint(burner, amount);
    }

    function _burntOf(uint64 nonce) private view returns (address burner, uint256 amount) {
        uint256 burnt = _burnt[nonce];
        return (address(uint160(burnt)), burnt >> 160);
    }
}
