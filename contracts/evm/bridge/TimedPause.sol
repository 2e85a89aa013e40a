// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IBlyBridge} from "../interfaces/IBlyBridge.sol";
import {BridgeTypedData, Pause} from "../lib/BridgeTypedData.sol";
import {SignerEpochs} from "./SignerEpochs.sol";

/// @title A pause that ends by itself
/// @dev A guardian alone stops the bridge once, for 72 hours: it can never hold everyone's money for ransom.
abstract contract TimedPause is SignerEpochs {
    uint64 internal constant PAUSE_SECONDS = 72 hours;
    /// Payload direction of what is paid out on this chain.
    uint8 internal constant NEAR_TO_EVM = 0;

    uint128 private _pauses;
    /// 0 or 1; fills the slot, so that `_pausedUntil` shares one with what a burn writes.
    uint128 private _guardianPauses;
    uint64 private _pausedUntil;

    modifier whenRunning() {
        if (block.timestamp < _pausedUntil) revert BlyBridgePaused(_pausedUntil);
        _;
    }

    /// @inheritdoc IBlyBridge
    function pause() external onlyGuardian whenRunning {
        if (_guardianPauses != 0) revert BlyBridgePauseSpent();
        _guardianPauses = 1;
        _pause();
    }

    /// @inheritdoc IBlyBridge
    function pauseWith(Pause calldata request, bytes[] calldata signatures) external whenRunning {
        if (request.direction != NEAR_TO_EVM) revert BlyBridgeDirectionWrong(request.direction);
        if (request.nonce != _pauses) revert BlyBridgePauseNotNext(request.nonce, uint64(_pauses));
        _requireSignatures(BridgeTypedData.hashPause(request), request.epoch, signatures);
        _pause();
    }

    /// @inheritdoc IBlyBridge
    function unpause() external onlyGuardian {
        if (block.timestamp >= _pausedUntil) revert BlyBridgeNotPaused();
        _pausedUntil = 0;
        emit Unpaused();
    }

    /// @inheritdoc IBlyBridge
    function pauseStatus() public view returns (PauseStatus memory) {
        return PauseStatus(_pausedUntil, uint64(_pauses), _guardianPauses == 0);
    }

    function _pause() private {
        _pausedUntil = uint64(block.timestamp) + PAUSE_SECONDS;
        _pauses += 1;
        emit Paused(_pausedUntil, uint64(_pauses));
    }
}
