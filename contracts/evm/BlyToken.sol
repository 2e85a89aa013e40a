// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";

import {IBlyToken} from "./interfaces/IBlyToken.sol";

/// @title BLY on EVM
/// @dev Deployed by the bridge's constructor, so that neither can be pointed elsewhere.
contract BlyToken is ERC20, ERC20Permit, IBlyToken {
    /// @inheritdoc IBlyToken
    address public immutable bridge;

    constructor() ERC20("Blyan", "BLY") ERC20Permit("Blyan") {
        bridge = msg.sender;
    }

    /// @inheritdoc IBlyToken
    function mint(address account, uint256 amount) external {
        _requireBridge();
        _mint(account, amount);
    }

    /// @inheritdoc IBlyToken
    function burn(address account, uint256 amount) external {
        _requireBridge();
        _burn(account, amount);
    }

    /// @inheritdoc IERC20Permit
    function nonces(address owner) public view override(ERC20Permit, IERC20Permit) returns (uint256) {
        return super.nonces(owner);
    }

    function _requireBridge() private view {
        if (msg.sender != bridge) revert BlyTokenNotBridge(msg.sender);
    }
}
