// SPDX-License-Identifier: MIT
#pragma once

#include "common/k8s/client.hpp"
#include "common/result.hpp"
#include "test/support/node/fields.hpp"

// From apiVersion and kind of an object to where it lives.

namespace ha::test::demo {

// not_found for a kind that no plan makes.
result<k8s::resource> kind_of(const node::json& object);

}  // namespace ha::test::demo
