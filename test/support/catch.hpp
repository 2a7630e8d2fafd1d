// SPDX-License-Identifier: MIT
#pragma once
// One door to Catch2, so that no test knows which major version it runs under.
#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
using Catch::Approx;
#else
#include <catch2/catch.hpp>
#endif
