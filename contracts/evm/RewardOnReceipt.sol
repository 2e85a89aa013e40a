// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IReceiptVerifier} from "./interfaces/IReceiptVerifier.sol";
import {IRewardOnReceipt} from "./interfaces/IRewardOnReceipt.sol";
import {ReceiptCodec} from "./lib/ReceiptCodec.sol";

/// @title Pays for receipts out of what it holds
/// @notice Invariant: paid out = amountPerReceipt x number of claimed receipts. No owner.
contract RewardOnReceipt is IRewardOnReceipt, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice Against which receipts are proven.
    IReceiptVerifier public immutable verifier;
    /// @notice What is paid.
    IERC20 public immutable token;
    /// @notice How much for one receipt, in the token's smallest unit.
    uint256 public immutable amountPerReceipt;

    mapping(bytes32 receiptHash => bool) private _claimed;

    constructor(IReceiptVerifier verifier_, IERC20 token_, uint256 amountPerReceipt_) {
        verifier = verifier_;
        token = token_;
        amountPerReceipt = amountPerReceipt_;
    }

    /// @inheritdoc IRewardOnReceipt
    function claim(
        bytes calldata receipt,
        uint64 size,
        bytes32[] calldata path,
        IReceiptVerifier.GapProof calldata gap
    ) external nonReentrant {
        bytes32 receiptHash = keccak256(receipt);
        if (_claimed[receiptHash]) revert RewardOnReceiptClaimed(receiptHash);
        ReceiptCodec.Receipt memory fields = verifier.verify(receipt, size, path);
        (uint64 latestSize, , ) = verifier.latest();
        verifier.verifyUntainted(latestSize, fields.index, gap);
        _requireUndisputed(size);
        if (latestSize != size) _requireUndisputed(latestSize);
        (address receiver, ) = verifier.linkOf(fields.worker);
        if (receiver == address(0)) revert RewardOnReceiptUnlinked(fields.worker);

        _claimed[receiptHash] = true;
        emit Rewarded(receiptHash, receiver, fields.index, fields.worker, amountPerReceipt);
        token.safeTransfer(receiver, amountPerReceipt);
    }

    /// @inheritdoc IRewardOnReceipt
    function isClaimed(bytes32 receiptHash) external view returns (bool) {
        return _claimed[receiptHash];
    }

    function _requireUndisputed(uint64 size) private view {
        (, , bool conflicted) = verifier.anchorOf(size);
        if (conflicted) revert RewardOnReceiptConflicted(size);
    }
}
