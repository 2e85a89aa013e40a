// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

/// @title BLY on EVM
/// @notice ERC-20 with permit (ERC-2612), 18 decimals. Each unit stands for one that is locked in the bridge on NEAR.
/// @dev No owner and no proxy: only the bridge, fixed at deployment, creates and destroys units.
interface IBlyToken is IERC20Metadata, IERC20Permit {
    /// @notice Somebody other than the bridge tried to mint or burn.
    error BlyTokenNotBridge(address caller);

    /// @notice The one account that may mint and burn.
    function bridge() external view returns (address);

    /// @notice Creates `amount` attoBLY for `account`; the bridge alone.
    function mint(address account, uint256 amount) external;

    /// @notice Destroys `amount` attoBLY of `account`; the bridge alone, which burns only its caller's units.
    function burn(address account, uint256 amount) external;
}
