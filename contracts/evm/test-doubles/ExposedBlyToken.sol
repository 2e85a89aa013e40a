// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

import {BlyToken} from "../BlyToken.sol";

/// @dev BlyToken with its inner steps callable, as OpenZeppelin's own tests reach them. Its deployer is its bridge.
contract ExposedBlyToken is BlyToken {
    function exposedUpdate(address from, address to, uint256 value) external {
        _update(from, to, value);
    }

    function exposedTransfer(address from, address to, uint256 value) external {
        _transfer(from, to, value);
    }

    function exposedApprove(address owner, address spender, uint256 value) external {
        _approve(owner, spender, value);
    }
}
